//! The reference page itself: the tables, the envelope, and the playground between them.

use std::fmt::Write as _;

use veriops_playground::api::{Api, ApiError};
use veriops_playground::experiment::Group;
use veriops_playground::protocol::json;

use super::{Piece, Row, Table, tables};

/// Returns the page of the API that `description` describes. Its script is a folder above it, its style
/// and its icon beside it.
///
/// # Errors
///
/// Fails if the description is broken, and names the path at fault.
pub(in crate::host) fn page(description: &str) -> Result<String, ApiError> {
    let api = Api::parse(description)?;
    let title = escaped(&api.title);
    let text = json::locate(description, &["info", "description"])
        .and_then(|value| json::decode(&description[value]).map(|text| escaped(&text)));
    let text = text.map(|text| format!("<p>{text}</p>\n")).unwrap_or_default();
    let envelope = example(description).map(envelope).unwrap_or_default();
    let tables = tables(&api);
    let sections = |groups: &[Group]| {
        let of_groups = groups
            .iter()
            .flat_map(|group| tables.iter().filter(move |table| table.group == *group));
        of_groups.map(section).collect::<String>()
    };
    let before = sections(&[Group::Settings]);
    let catalog = sections(&[Group::Messages, Group::Channels]);
    let after = sections(&[Group::Closes, Group::Issues]);
    Ok(format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="icon.svg">
<link rel="stylesheet" href="style.css">
<script type="module" src="../playground.js"></script>
</head>
<body>
<main>
<h1>{title}</h1>
{text}{before}{envelope}{catalog}<section>
<h2 id="interactive-tester">Interactive tester</h2>
<p>Connect, subscribe to channels and send messages. Every <em>try it</em> on this page runs here, in the
simulator: without a key and without a network. The playground <a href="../">fills a page of its own</a>, too.</p>
<veriops-playground><p>The playground needs JavaScript and WebAssembly, which this browser has not started.</p></veriops-playground>
</section>
{after}</main>
</body>
</html>
"#
    ))
}

/// Returns the first example message of the description, as it stands there.
fn example(description: &str) -> Option<&str> {
    let messages = &description[json::locate(description, &["components", "messages"])?];
    json::members(messages).find_map(|message| {
        let examples = json::members(message.json()).named("examples")?.json();
        Some(json::members(json::items(examples).first()?).named("payload")?.json())
    })
}

fn envelope(example: &str) -> String {
    let example = escaped(&json::pretty(example, LONGEST_EXAMPLE).text);
    format!(
        r#"<section>
<h2 id="message-envelope">Message envelope</h2>
<p>Every message, in either direction, is a JSON envelope:</p>
<pre tabindex="0"><code>{example}</code></pre>
</section>
"#
    )
}

/// The bytes of the longest example that is shown whole.
const LONGEST_EXAMPLE: usize = 10_000;

fn section(table: &Table) -> String {
    let title = table.group.title();
    let heads = table.columns.iter().map(|column| format!("<th scope=\"col\">{column}</th>"));
    let heads = heads.collect::<String>();
    let rows = table.rows.iter().map(|it| row(table.columns, it)).collect::<String>();
    format!(
        r#"<section>
<h2 id="{anchor}">{title}</h2>
<table>
<thead><tr>{heads}<th scope="col">Try</th></tr></thead>
<tbody>
{rows}</tbody>
</table>
</section>
"#,
        anchor = title.to_lowercase().replace(' ', "-"),
    )
}

fn row(columns: &[&str], row: &Row) -> String {
    let mut html = String::from("<tr>");
    for (column, cell) in columns.iter().zip(&row.cells) {
        // On a narrow screen a row is a card, and a cell there says what it is.
        let _ = write!(html, "<td data-column=\"{column}\">");
        for piece in cell {
            let _ = match piece {
                Piece::Code(text) => write!(html, "<code>{}</code>", escaped(text)),
                Piece::Words(text) => write!(html, "{}", escaped(text)),
            };
        }
        html.push_str("</td>");
    }
    let _ =
        writeln!(html, "<td><a href=\"#try={}\">try it</a></td></tr>", escaped(&row.experiment));
    html
}

/// Escapes what HTML would read as its own, in a text and between quotes.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use veriops_playground::api::VERIOPS;
    use veriops_playground::experiment::experiments;

    use super::*;

    #[test]
    fn every_experiment_has_its_link_and_the_playground_stands_once() {
        let page = page(VERIOPS).unwrap();
        for experiment in experiments(&Api::veriops()) {
            let link = format!("<td><a href=\"#try={}\">try it</a></td>", experiment.id);
            assert_eq!(page.matches(&link).count(), 1, "{}", experiment.id);
        }
        assert_eq!(page.matches("<veriops-playground>").count(), 1);
    }

    #[test]
    fn the_sections_come_in_the_reference_pages_order() {
        let page = page(VERIOPS).unwrap();
        let headings = page.split("<h2 id=\"").skip(1).filter_map(|rest| rest.split('"').next());
        assert_eq!(
            headings.collect::<Vec<_>>(),
            [
                "connection-details",
                "message-envelope",
                "message-types",
                "channel-catalog",
                "interactive-tester",
                "websocket-close-codes",
                "common-issues",
            ]
        );
    }

    #[test]
    fn the_envelope_is_the_descriptions_example_laid_out() {
        let page = page(VERIOPS).unwrap();
        let example = "{
  &quot;type&quot;: &quot;subscribe&quot;,
  &quot;request_id&quot;: &quot;req_001&quot;,
  &quot;sent_at&quot;: &quot;2026-03-19T14:30:00Z&quot;,
  &quot;payload&quot;: {
    &quot;channel&quot;: &quot;project.updated&quot;,";
        assert!(page.contains(example), "{page}");
    }

    #[test]
    fn what_the_description_says_is_text_and_never_markup() {
        let bad = "<img src=x onerror='alert(1)'>\\\" & co";
        let description = VERIOPS
            .replace("\"Rate limited\"", &format!("\"{bad}\""))
            .replace("\"VeriOps WebSocket API\"", &format!("\"{bad}\""))
            .replace("\"project.created\"", &format!("\"{bad}\""));
        let page = page(&description).unwrap();
        assert!(!page.contains("<img"), "{page}");
        let shown = "&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&quot; &amp; co";
        for place in ["<h1>", "<title>", "<td data-column=\"Meaning\">", "<code>"] {
            assert!(page.contains(&format!("{place}{shown}")), "{place}: {page}");
        }
    }

    #[test]
    fn a_broken_description_is_answered_with_the_path_at_fault() {
        let error = page("{\"asyncapi\": \"3.0.0\"}").unwrap_err();
        assert_eq!(error.to_string(), "servers: missing");
    }
}
