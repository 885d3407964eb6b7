// How the JavaScript clients are linted. The packages are found through NODE_PATH.
const js = require("@eslint/js");
const globals = require("globals");
const html = require("eslint-plugin-html");

module.exports = [
  js.configs.recommended,
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  { files: ["**/*.mjs"], languageOptions: { globals: globals.node } },
  { files: ["**/*.html"], plugins: { html }, languageOptions: { globals: globals.browser } },
];
