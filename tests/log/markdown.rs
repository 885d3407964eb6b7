//! Markdown: what a parser of GitHub's reads in a text, and texts that want more to be read in them.

use comrak::nodes::{AstNode, NodeValue};
use comrak::{Arena, Options, parse_document};
use proptest::prelude::*;

/// A text as a parser of GitHub's Markdown reads it.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// Tables, rows, cells, the first row the names of the columns.
    pub(crate) tables: Vec<Vec<Vec<String>>>,
    /// Blocks of code: what to colour them as, and their text.
    pub(crate) blocks: Vec<(String, String)>,
    pub(crate) items: Vec<String>,
    pub(crate) paragraphs: Vec<String>,
    /// What should not be there: links, markup, and text outside of code that GitHub makes more of.
    pub(crate) strange: Vec<String>,
}

impl Read {
    pub(crate) fn of(markdown: &str) -> Self {
        let arena = Arena::new();
        let mut options = Options::default();
        let extensions = &mut options.extension;
        for extension in [
            &mut extensions.strikethrough,
            &mut extensions.table,
            &mut extensions.autolink,
            &mut extensions.tasklist,
            &mut extensions.footnotes,
            &mut extensions.inline_footnotes,
            &mut extensions.alerts,
            &mut extensions.math_dollars,
            &mut extensions.math_code,
        ] {
            *extension = true;
        }
        let mut read = Self::default();
        read.visit(parse_document(&arena, markdown, &options));
        read
    }

    fn visit<'a>(&mut self, node: &'a AstNode<'a>) {
        match &node.data.borrow().value {
            NodeValue::CodeBlock(block) => {
                self.blocks.push((block.info.clone(), block.literal.clone()));
            }
            NodeValue::Table(_) => {
                let cells = |row: &'a AstNode<'a>| row.children().map(words).collect();
                self.tables.push(node.children().map(cells).collect());
            }
            NodeValue::Item(_) => self.items.push(words(node)),
            NodeValue::Paragraph => self.paragraphs.push(words(node)),
            NodeValue::Text(text) => self.look_at(text),
            NodeValue::Document
            | NodeValue::Heading(_)
            | NodeValue::List(_)
            | NodeValue::TableRow(_)
            | NodeValue::TableCell
            | NodeValue::Code(_)
            | NodeValue::Strong => {}
            other => self.strange.push(format!("{other:?}")),
        }
        node.children().for_each(|child| self.visit(child));
    }

    /// Looks for what GitHub makes something of in text that is no code.
    fn look_at(&mut self, text: &str) {
        let strange =
            ["@", "#", "$", "<", ">", "&", "*", "_", "~", "[", "]", "`", "//", "www.", "GH-"];
        let is_control = |it: char| it.is_control() || ('\u{2028}'..'\u{202f}').contains(&it);
        // A pipe between two pieces of code.
        if text != "|" && (strange.iter().any(|it| text.contains(it)) || text.contains(is_control))
        {
            self.strange.push(text.to_owned());
        }
        // Names of pictures stand between colons; a time has digits there.
        for part in text.split(':').skip(1).take(text.matches(':').count().saturating_sub(1)) {
            if !part.is_empty() && !part.contains(' ') && part.parse::<u8>().is_err() {
                self.strange.push(text.to_owned());
            }
        }
    }

    pub(crate) fn all(&self) -> String {
        format!("{self:?}")
    }
}

/// Returns what is to be read in a node, code included.
fn words<'a>(node: &'a AstNode<'a>) -> String {
    let mut words = String::new();
    for node in node.descendants() {
        match &node.data.borrow().value {
            NodeValue::Text(text) => words.push_str(text),
            NodeValue::Code(code) => words.push_str(&code.literal),
            _ => {}
        }
    }
    words
}

/// Makes texts up of what Markdown, GitHub and browsers make something of.
pub(crate) fn hostile() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "`",
        "``",
        "```",
        "````",
        "~~~",
        "|",
        r"\|",
        r"\",
        "\\\\|",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\t",
        " ",
        "  ",
        "<b>",
        "</td>",
        "<script>",
        "<!--",
        "-->",
        "<https://a.example>",
        "&amp;",
        "&#124;",
        "&lt;",
        "@octocat",
        "@org/team",
        "#123",
        "GH-1",
        "owner/repo#1",
        "https://a.example/b",
        "www.a.example",
        "a@b.example",
        "mailto:a@b.example",
        "[a](https://b.example)",
        "![a](b)",
        "[a]: b",
        "[^1]",
        "[[a]]",
        "**a**",
        "_a_",
        "~~a~~",
        "$a$",
        "$`a`$",
        "$$",
        ":tada:",
        "# a",
        "- a",
        "- [ ] a",
        "1. a",
        "> a",
        "> [!NOTE]",
        "---",
        "===",
        "| - |",
        "    a",
        "\u{0}",
        "\u{7}",
        "\u{1b}[31m",
        "\u{202e}",
        "\u{2066}",
        "\u{200b}",
        "\u{feff}",
        "\u{2028}",
        "\u{85}",
        "\u{a0}",
        "é",
        "אב",
        "😀",
        "word",
        "{\"a\":",
        "}",
    ]);
    let piece =
        prop_oneof![8 => known.prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}
