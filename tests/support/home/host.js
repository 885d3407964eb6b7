// What a documentation page has around a playground: a switch of its palette, a search that a key opens, and,
// in a page that says so, links that replace its content instead of the page.

const { documentElement: html } = document;
document.getElementById("palette").addEventListener("click", () => {
  const theme = (html.dataset.theme ?? html.style.colorScheme) === "dark" ? "light" : "dark";
  if (html.dataset.theme) html.dataset.theme = theme;
  for (const element of [html, ...document.querySelectorAll("iframe")]) element.style.colorScheme = theme;
});

// As in many sites: whoever is in no field of this page, wants the search.
document.addEventListener("keydown", ({ key, target, ctrlKey }) => {
  if (ctrlKey || target.matches("input, select, textarea") || !/^[a-z/,.?]$/.test(key)) return;
  document.getElementById("search").open = true;
});

const show = () => {
  const content = document.querySelector(`template[data-path="${location.pathname}"]`).content;
  document.querySelector("main").replaceChildren(document.importNode(content, true));
};
if (document.querySelector("template[data-path]")) {
  show();
  addEventListener("popstate", show);
  document.querySelector("nav").addEventListener("click", (event) => {
    event.preventDefault();
    history.pushState(null, "", event.target.href);
    show();
  });
}
