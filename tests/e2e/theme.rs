//! The looks of the playground follow those of its host, as far as the host says.

use serde_json::{Value, json};

use crate::support::page::Page;
use crate::support::site::{Site, host};

#[tokio::test]
async fn the_theme_and_the_colours_of_docusaurus_are_followed() {
    let style = "<style>
        :root { --ifm-background-surface-color: rgb(255, 255, 240); --ifm-link-color: rgb(0, 90, 90);
          --ifm-font-color-base: rgb(28, 30, 33); --ifm-font-family-base: monospace; }
        [data-theme='dark'] { --ifm-background-surface-color: rgb(36, 37, 38);
          --ifm-link-color: rgb(37, 194, 160); --ifm-font-color-base: rgb(227, 227, 227); }</style>";
    let (page, _site) = open("docusaurus", style, "").await;
    for (theme, ground, ink, accent, scheme) in [
        ("light", "rgb(255, 255, 240)", "rgb(28, 30, 33)", "rgb(0, 90, 90)", "light"),
        ("dark", "rgb(36, 37, 38)", "rgb(227, 227, 227)", "rgb(37, 194, 160)", "dark"),
    ] {
        let set = "document.documentElement.dataset.theme = arguments[0];";
        page.evaluate::<Value>(set, vec![json!(theme)]).await.unwrap();
        let expected = json!([ground, ink, accent, scheme, "monospace"]);
        until_looks(&page, &format!("the theme is {theme}"), &expected).await;
    }
    // Another name says nothing of light and dark.
    let set = "document.documentElement.dataset.theme = 'sepia';";
    page.evaluate::<Value>(set, vec![]).await.unwrap();
    let normal = "return getComputedStyle(root.querySelector('.vp-app')).colorScheme === 'normal';";
    page.until_true("the page has no scheme", normal, vec![]).await;
}

#[tokio::test]
async fn a_theme_of_its_own_goes_before_that_of_the_page() {
    let style = "<style>:root { color-scheme: light; --md-default-bg-color: rgb(255, 255, 255);
        --md-typeset-color: rgb(0, 0, 0); --md-typeset-a-color: rgb(0, 0, 99); }</style>";
    let (page, _site) = open("own-theme", style, "theme=dark").await;
    let dark = json!(["rgb(27, 30, 42)", "rgb(236, 238, 245)", "rgb(150, 165, 255)", "dark", null]);
    until_looks(&page, "it is dark", &dark).await;
    page.evaluate::<Value>("root.host.setAttribute('theme', 'auto');", vec![]).await.unwrap();
    let page_own = json!(["rgb(255, 255, 255)", "rgb(0, 0, 0)", "rgb(0, 0, 99)", "light", null]);
    until_looks(&page, "it is as its page", &page_own).await;
}

#[tokio::test]
async fn each_documented_property_does_what_it_says() {
    let (page, _site) = open("properties", "", "").await;
    page.choose("live").await;
    for (name, value, id, property) in [
        ("--vp-ground", "rgb(1, 2, 3)", "", "backgroundColor"),
        ("--vp-ink", "rgb(4, 5, 6)", "", "color"),
        ("--vp-accent", "rgb(7, 8, 9)", "primary", "backgroundColor"),
        ("--vp-on-accent", "rgb(10, 11, 12)", "primary", "color"),
        ("--vp-radius", "13px", "primary", "borderTopLeftRadius"),
        ("--vp-text-font", "cursive", "primary", "fontFamily"),
        ("--vp-code-font", "fantasy", "endpoint", "fontFamily"),
    ] {
        let script = "const [name, value, id, property] = arguments;
            const element = id ? shown(id) : root.querySelector('.vp-app');
            const looks = () => getComputedStyle(element)[property];
            const before = looks();
            const style = document.head.appendChild(document.createElement('style'));
            style.textContent = `veriops-playground { ${name}: ${value}; }`;
            element.getAnimations().forEach((it) => it.finish());
            const after = looks();
            style.remove();
            return [before, after];";
        let arguments = vec![json!(name), json!(value), json!(id), json!(property)];
        let [before, after]: [String; 2] = page.evaluate(script, arguments).await.unwrap();
        assert_ne!(before, value, "{name}");
        assert_eq!(after, value, "{name}");
    }
}

#[tokio::test]
async fn each_documented_part_can_be_styled() {
    let (page, _site) = open("parts", "", "").await;
    for part in ["frame", "header", "primary", "composer", "log"] {
        let script = "const style = document.head.appendChild(document.createElement('style'));
            style.textContent = `veriops-playground::part(${arguments[0]}) { outline: 3px solid red; }`;
            const outlined = [...root.querySelectorAll('*')]
              .filter((element) => getComputedStyle(element).outlineStyle === 'solid')
              .map((element) => element.part.value);
            style.remove();
            return outlined;";
        let outlined: Vec<String> = page.evaluate(script, vec![json!(part)]).await.unwrap();
        assert_eq!(outlined, [part]);
    }
}

/// Waits until ground, ink, accent, colour scheme and, if it is given, the font are these.
async fn until_looks(page: &Page, what: &str, expected: &Value) {
    let script = "const app = root.querySelector('.vp-app');
        root.getAnimations().forEach((it) => it.finish());
        const { backgroundColor, color, colorScheme, fontFamily } = getComputedStyle(app);
        const accent = getComputedStyle(shown('primary')).backgroundColor;
        const looks = [backgroundColor, color, accent, colorScheme, fontFamily];
        return arguments[0].every((it, place) => it === null || it === looks[place])
          || looks.join();";
    page.until_true(what, script, vec![expected.clone()]).await;
}

/// Opens a page with this in its head, and a playground with these attributes.
async fn open(name: &str, head: &str, attributes: &str) -> (Page, Site) {
    let body = format!("{head}<veriops-playground {attributes}></veriops-playground>");
    let site = Site::serve(&host(&format!("theme-{name}"), &body, |_| {})).await;
    (Page::open(&site.url("")).await, site)
}
