//! Colours for code.

use proptest::prelude::*;

use veriops_playground::code::{Kind, Language, Span, highlight};

proptest! {
    #[test]
    fn any_text_is_what_its_spans_are_together(text in any::<String>(), at in 0..7_usize) {
        assert_whole(&text, Language::ALL[at]);
    }

    #[test]
    fn any_code_is_what_its_spans_are_together(
        parts in prop::collection::vec(prop::sample::select(PARTS), 0..40),
        at in 0..7_usize,
    ) {
        assert_whole(&parts.concat(), Language::ALL[at]);
    }
}

/// What begins or ends something in one of the languages.
const PARTS: &[&str] = &[
    "\"",
    "'",
    "`",
    "\"\"\"",
    "'''",
    "\\",
    "\n",
    "#",
    "//",
    "/*",
    "*/",
    "/",
    "<",
    "<!--",
    "-->",
    "<script>",
    "</script",
    "</SCRIPT>",
    ">",
    "r#\"",
    "\"#",
    "b'",
    "r",
    "f\"",
    "'a",
    "'\\''",
    "$",
    "${",
    "}",
    "1",
    "0x1f",
    ".5",
    "..",
    "let",
    "def",
    "é",
    "\u{1f600}",
    "\u{0}",
    " ",
    "=",
    "(",
    "\r",
    "u{",
    "|",
];

fn assert_whole(text: &str, language: Language) {
    let spans = highlight(text, language);
    assert_eq!(spans.iter().map(|span| span.text).collect::<String>(), text);
    assert!(spans.iter().all(|span| !span.text.is_empty()));
    assert!(spans.windows(2).all(|pair| pair[0].kind != pair[1].kind), "{spans:?}");
}

#[test]
fn comments_words_numbers_and_texts_have_their_kinds() {
    let js = r#"const A = "a\"b"; // x "y"
/* "z" */ let b = a / 1.5 / c + `${d}
e`.replace(/["]/g, 'f');"#;
    assert_eq!(kinds(js, Language::Node, Kind::Comment), ["// x \"y\"", "/* \"z\" */"]);
    assert_eq!(kinds(js, Language::NodeWs, Kind::Keyword), ["const", "let"]);
    assert_eq!(kinds(js, Language::Node, Kind::Number), ["1.5"]);
    assert_eq!(
        kinds(js, Language::Node, Kind::String),
        [r#""a\"b""#, "`${d}\ne`", r#"/["]/"#, "'f'"]
    );

    let python = "# a 'b'\nasync def f(x1):\n    \"\"\"c \"d\"\ne\"\"\"\n    return rb'g\\'' + f\"h\" + prefix";
    assert_eq!(kinds(python, Language::Python, Kind::Comment), ["# a 'b'"]);
    assert_eq!(kinds(python, Language::Python, Kind::Keyword), ["async", "def", "return"]);
    let texts = ["\"\"\"c \"d\"\ne\"\"\"", "rb'g\\''", "f\"h\""];
    assert_eq!(kinds(python, Language::Python, Kind::String), texts);

    let rust = "fn f<'a>(b: &'a str) -> char { /* c /* d */ e */ g(0..1_000, r#\"h\"i\"#, b\"j\", '\\'', 'k') }";
    assert_eq!(kinds(rust, Language::Rust, Kind::Keyword), ["fn"]);
    assert_eq!(kinds(rust, Language::Rust, Kind::Comment), ["/* c /* d */ e */"]);
    assert_eq!(kinds(rust, Language::Rust, Kind::Number), ["0", "1_000"]);
    let texts = ["r#\"h\"i\"#", "b\"j\"", "'\\''", "'k'"];
    assert_eq!(kinds(rust, Language::Rust, Kind::String), texts);

    let shell = "#!/bin/sh\nif [ $# -gt 1 ]; then a=${b#c} # d 'e'\nf='g\nh' i=\"j\\\"k\"; fi";
    assert_eq!(kinds(shell, Language::Websocat, Kind::Comment), ["#!/bin/sh", "# d 'e'"]);
    assert_eq!(kinds(shell, Language::Wscat, Kind::Keyword), ["if", "then", "fi"]);
    assert_eq!(kinds(shell, Language::Wscat, Kind::String), ["'g\nh'", "\"j\\\"k\""]);
}

#[test]
fn the_script_of_a_page_is_coloured_as_a_script() {
    let page = "<!doctype html>\n<!-- <p> --><p class=\"a\">let 1</p><SCRIPT type='module'>let a = '<p>';</SCRIPT>let";
    assert_eq!(kinds(page, Language::Browser, Kind::Comment), ["<!-- <p> -->"]);
    assert_eq!(kinds(page, Language::Browser, Kind::String), ["\"a\"", "'module'", "'<p>'"]);
    let words = ["<!doctype", ">", "<p", ">", "</p><SCRIPT", ">let", "</SCRIPT>"];
    assert_eq!(kinds(page, Language::Browser, Kind::Keyword), words);
}

#[test]
fn what_never_ends_is_coloured_to_its_end_without_looking_twice() {
    // A second look for every sign would take minutes.
    for (sign, language) in [
        ("<", Language::Browser),
        ("<a", Language::Browser),
        ("</", Language::Browser),
        ("<script>", Language::Browser),
        ("`", Language::Node),
        ("(/", Language::Node),
        ("/*", Language::Rust),
        ("r#\"", Language::Rust),
        ("'", Language::Rust),
        ("'''", Language::Python),
        ("'", Language::Wscat),
    ] {
        assert_whole(&sign.repeat(300_000), language);
    }
}

fn kinds(text: &str, language: Language, kind: Kind) -> Vec<&str> {
    let is_kind = |span: &Span<'_>| span.kind == kind;
    highlight(text, language).into_iter().filter(is_kind).map(|span| span.text).collect()
}
