// Parses AsyncAPI documents with the official parser, and prints what is wrong with each on a line.
//
//     node asyncapi.cjs FOLDER_OF_MODULES FILE…

const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");

const [modules, ...files] = process.argv.slice(2);
const { Parser } = createRequire(`${modules}/`)("@asyncapi/parser");
const ERROR = 0;

(async () => {
  for (const file of files) {
    // References are relative to the document.
    const { diagnostics } = await new Parser().parse(readFileSync(file, "utf8"), { source: file });
    for (const { severity, path, message } of diagnostics) {
      if (severity === ERROR) console.log(`${file}: ${path.join(".")}: ${message}`);
    }
  }
})();
