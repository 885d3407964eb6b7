//! The styles of a host page stay outside: nothing that it sets changes how the playground looks.

use serde_json::{Value, json};

use crate::support::chaos::Chaos;
use crate::support::page::Page;
use crate::support::server::Server;
use crate::support::site::{Site, document};

#[tokio::test]
async fn every_inherited_property_of_a_host_stops_at_the_element() {
    let rules = format!(
        "html, body, veriops-playground {{ {INHERITED} }}
         veriops-playground {{ writing-mode: vertical-rl; }}"
    );
    changes_nothing("inherited", &rules, "").await;
}

#[tokio::test]
async fn a_root_font_size_of_ten_pixels_changes_nothing() {
    changes_nothing("root-size", "html { font-size: 10px; }", "").await;
}

#[tokio::test]
async fn an_element_that_its_host_displays_inline_is_a_block() {
    let rules = "veriops-playground { display: inline; container: none; line-height: 40px; }";
    changes_nothing("inline", rules, "").await;
}

#[tokio::test]
async fn a_page_that_is_read_from_the_right_leaves_the_playground_as_it_is() {
    let rules = "veriops-playground { direction: rtl; unicode-bidi: bidi-override; }";
    changes_nothing("right-to-left", rules, "document.documentElement.dir = 'rtl';").await;
}

#[tokio::test]
async fn an_element_that_its_host_hides_is_hidden() {
    let (page, _servers) = open("hidden").await;
    page.until_ready().await;
    for (what, rule) in [
        ("a parent that is not visible", "main { visibility: hidden; }"),
        ("the attribute hidden", ""),
    ] {
        let script = "
            const style = document.head.appendChild(document.createElement('style'));
            style.textContent = arguments[0];
            root.host.hidden = !arguments[0];
            const options = { visibilityProperty: true };
            const isSeen = root.querySelector('.vp-app').checkVisibility(options);
            style.remove();
            root.host.hidden = false;
            return isSeen || !root.querySelector('.vp-app').checkVisibility(options);";
        let is_wrong: bool = page.evaluate(script, vec![json!(rule)]).await.unwrap();
        assert!(!is_wrong, "{what} does not hide it");
    }
}

/// Asserts that the rules of a style sheet and a script of the host change no computed style in the
/// playground, and not where anything is in it; after a connection, with rows, a detail and a notice.
async fn changes_nothing(name: &str, rules: &str, script: &str) {
    let (page, servers) = open(name).await;
    page.until_ready().await;
    page.call(&servers.0.url("/close?code=4321")).await;
    page.until_closed(4321).await;
    page.click_row("close").await;
    page.until("the detail is there", |view| view.detail.is_some()).await;
    page.click("json").await;
    // No transition is under way.
    let still = "return root.getAnimations().length === 0;";
    page.until_true("nothing moves", still, vec![]).await;
    let script = LOOKS.replace("ACT", script);
    let [elements, changed]: [Value; 2] = page.evaluate(&script, vec![json!(rules)]).await.unwrap();
    assert!(elements.as_u64().unwrap() > 100, "{elements} elements were looked at");
    assert_eq!(changed, json!([]), "{name}");
}

/// Opens a page with a playground in the middle of a host that says nothing of its styles.
async fn open(name: &str) -> (Page, (Chaos, Server, Site)) {
    let chaos = Chaos::start().await;
    let server = Server::start("");
    let body = format!(
        "<main style='width: 760px'><veriops-playground></veriops-playground></main>
         <script type=module src='{}playground.js'></script>",
        server.page()
    );
    let site = Site::serve(&document(&format!("isolation-{name}"), &body)).await;
    (Page::open(&site.url("")).await, (chaos, server, site))
}

/// Looks at every element, its text before and after included, with and without the rules. Returns how many
/// elements there are, and what differs.
const LOOKS: &str = r"
    const all = [...root.querySelectorAll('*')];
    const box = (element) => {
      if (!element.checkVisibility()) return '';
      const own = root.host.getBoundingClientRect();
      const { left, top, width, height } = element.getBoundingClientRect();
      return [left - own.left, top - own.top, width, height].map(Math.round).join();
    };
    const look = () => all.map((element) => ['', '::before', '::after', '::placeholder', '::marker']
      .map((pseudo) => {
        const style = getComputedStyle(element, pseudo || null);
        // Where nothing is laid out, browsers do not agree on what is used.
        const other = element.checkVisibility() ? /^--/
          : /^(--|grid-template)|size|width|height|inset|left|top|right|bottom|origin|margin|padding/;
        return [...style].map((name) => [name, style.getPropertyValue(name)])
          .filter(([name]) => !other.test(name));
      }).concat([[['box', box(element)]]]).flat());
    const before = look();
    const style = document.head.appendChild(document.createElement('style'));
    style.textContent = arguments[0];
    ACT
    const after = look();
    const changed = new Map();
    all.forEach((element, number) => before[number].forEach(([name, value], place) => {
      const other = after[number][place]?.[1];
      if (other !== value && !changed.has(name)) {
        changed.set(name, `${element.tagName}.${element.className}: ${name}: ${value} → ${other}`);
      }
    }));
    return [all.length, [...changed.values()]];
";

/// Every property that elements inherit, as Chromium and Firefox know them, and a value that no page begins
/// with. What is left out has a meaning for the playground, too: `visibility` hides it, `color-scheme` is its
/// palette.
const INHERITED: &str = "
    -moz-osx-font-smoothing: grayscale; -webkit-font-smoothing: antialiased;
    -webkit-hyphens: auto; -webkit-line-break: anywhere; -webkit-locale: 'de';
    -webkit-tap-highlight-color: red; -webkit-text-fill-color: red; -webkit-text-security: disc;
    -webkit-text-stroke: 2px red; -webkit-user-modify: read-write; accent-color: red;
    border-collapse: collapse; border-spacing: 7px; caption-side: bottom; caret-color: red;
    caret-shape: block; clip-rule: evenodd; color: red; color-interpolation: linearRGB; cursor: wait;
    dominant-baseline: middle; dynamic-range-limit: standard; empty-cells: hide; fill: red;
    font: italic small-caps 900 condensed 31px / 3 serif; font-feature-settings: 'smcp';
    font-kerning: none; font-language-override: 'DEU'; font-optical-sizing: none; font-palette: dark;
    font-size-adjust: 0.9; font-synthesis: none; font-variant: small-caps slashed-zero;
    font-variant-emoji: text; font-variation-settings: 'wght' 900; forced-color-adjust: none;
    hyphenate-character: '='; hyphenate-limit-chars: 3; hyphens: auto; image-orientation: none;
    image-rendering: pixelated; letter-spacing: 5px; line-break: anywhere; line-height: 3;
    list-style: square inside; marker: none; math-depth: 2; math-style: compact; orphans: 5;
    overflow-wrap: anywhere; paint-order: stroke; pointer-events: none; print-color-adjust: exact;
    quotes: '<' '>'; ruby-align: center; ruby-position: under; scrollbar-color: red blue;
    shape-rendering: crispEdges; speak: none; stroke: red; tab-size: 1; text-align: right;
    text-align-last: center; text-anchor: end; text-autospace: no-autospace;
    text-box-edge: cap alphabetic; text-combine-upright: all; text-decoration-skip-ink: none;
    text-emphasis: filled circle; text-indent: 40px; text-justify: none; text-orientation: upright;
    text-rendering: geometricPrecision; text-shadow: 2px 2px red; text-size-adjust: 130%;
    text-spacing-trim: space-all; text-transform: uppercase; text-underline-offset: 9px;
    text-underline-position: under; text-wrap: balance; user-select: none; white-space: pre;
    widows: 5; word-break: break-all; word-spacing: 9px; word-wrap: break-word;
    zoom: 1;
";
