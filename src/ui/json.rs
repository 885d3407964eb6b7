//! JSON in colours, as text nodes.

use leptos::prelude::*;

use crate::protocol::json::{Kind, tokens};

/// Returns `text` in spans by the kind of token. What is longer than a reader looks at stays plain.
pub(super) fn coloured(text: &str) -> AnyView {
    if text.len() > LONGEST_COLOURED {
        return text.to_owned().into_any();
    }
    tokens(text)
        .map(|token| {
            let class = match token.kind {
                Kind::Error => "vp-json--error",
                Kind::Key => "vp-json--key",
                Kind::Literal => "vp-json--literal",
                Kind::Number => "vp-json--number",
                Kind::String => "vp-json--string",
                Kind::Punctuation | Kind::Space => return token.text.to_owned().into_any(),
            };
            view! { <span class=class>{token.text.to_owned()}</span> }.into_any()
        })
        .collect_view()
        .into_any()
}

const LONGEST_COLOURED: usize = 20_000;
