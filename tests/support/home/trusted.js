// The themes write HTML and addresses of scripts. A site that requires Trusted Types lets them, and nobody else.
const isOfTheme = () => /\/assets\/javascripts\//.test(new Error().stack);
const pass = (text) => (isOfTheme() ? text : undefined);
trustedTypes.createPolicy("default", { createHTML: pass, createScript: pass, createScriptURL: pass });
