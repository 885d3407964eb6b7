// The one script a page includes. It defines <veriops-playground>, fetches the program when an element
// comes near the viewport, and shows the element's own children for as long as there is no program.

const glue = new URL("__GLUE__", import.meta.url);
const binary = new URL("__WASM__", import.meta.url);
// What the addresses of all its pieces begin with.
const program = new URL("veriops-playground-", import.meta.url).pathname;
const description = new URL("veriops.asyncapi.json", import.meta.url);

// All elements of a page share one program. One that did not load is asked for again by the next start.
let loading;
const load = () =>
  (loading ??= fetchProgram().catch((error) => {
    loading = undefined;
    throw error;
  }));

// Glue and wasm are asked for side by side, and neither waits for the other to be compiled.
async function fetchProgram() {
  if (isOver) throw new Error(CRASHED);
  const wasm = fetchWhole(binary, "__WASM_HASH__").then(compile);
  const [module, module_or_path] = await Promise.all([fetchGlue(), wasm]);
  module.use(fetchWhole);
  await module.default({ module_or_path });
  return module;
}

// A server that does not know wasm by name gets in nobody's way.
const compile = async (response) =>
  response.headers.get("content-type") === "application/wasm"
    ? WebAssembly.compileStreaming(response)
    : WebAssembly.compile(await response.arrayBuffer());

// Says why in the words of the browser, and what to do where these are a riddle.
const reason = ({ message }) =>
  /unsafe-eval|CSP/.test(message)
    ? "the page's security policy blocks WebAssembly. Allow 'wasm-unsafe-eval' in its script-src."
    : message;

// Firefox does not ask again for a script that failed, but it does under another address.
let failures = 0;
async function fetchGlue() {
  await whole(glue, preloadGlue);
  return import(address());
}
const address = () => (failures ? `${glue}?${failures}` : glue.href);

// A script that was loaded ahead with a hash is what import() gets; import() itself takes none.
function preloadGlue() {
  const link = document.createElement("link");
  const loaded = new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => reject((failures += 1));
  });
  // Where a policy lets in only scripts with its nonce, they all have the same.
  const { nonce } = document.querySelector("script[nonce]") ?? link;
  const integrity = "__GLUE_HASH__";
  Object.assign(link, { rel: "modulepreload", href: address(), integrity, nonce });
  document.head.append(link);
  return loaded.finally(() => link.remove());
}

const fetchWhole = (url, integrity) => whole(url, () => fetch(url, { integrity }));

// What does not come with its hash, but without it, was changed. The browser's cache may have kept what is
// mended by now.
async function whole(url, ask) {
  try {
    return await ask();
  } catch {
    const { headers } = await request(url, { cache: "reload" });
    return ask().catch(() => {
      // A browser takes no script for one that is not called so, and a page of the server's own is no program.
      const type = headers.get("content-type");
      if (/html/.test(type) || (url === glue && !/script/.test(type)))
        throw new Error(`${url} came as ${type}`);
      const error = new Error(
        `${url} was changed on its way: its bytes are not those of this release. ` +
          "Ask whoever serves it to copy the release again.",
      );
      error.name = "Changed";
      throw error;
    });
  }
}

async function request(url, options) {
  const response = await fetch(url, options).catch((error) => {
    throw new Error(`${url} cannot be loaded: ${error.message}`);
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response;
}

// What runs in the page, and whether the program has crashed: then it cannot go on, nor be asked to
// clean up after itself.
const running = new Set();
let isOver = false;
const CRASHED = "it has crashed on this page. Reload the page to start again.";

function crash() {
  if (isOver) return;
  isOver = true;
  loading?.then((module) => module.abandon());
  loading = undefined;
  for (const element of running) element.showCrash();
}

// A panic announces itself. A trap, for want of memory or stack, is an error that nothing in the program
// catches, and whose first frame is in the wasm.
const isTrap = (error) => {
  const frame = String(error?.stack).split("\n").find((line) => /^ +at |@/.test(line));
  return frame?.includes(":wasm-function") && frame.includes(program);
};
addEventListener("veriops-playground:crash", crash);
addEventListener("error", ({ error }) => isTrap(error) && crash());
addEventListener("unhandledrejection", ({ reason }) => isTrap(reason) && crash());

// What a link in the text around, or the address of the page, asks for: an experiment or a set-up.
const wish = ({ hash }) => (/^#(try=|setup\?)/.test(hash) ? hash : "");
const first = () => document.querySelector("veriops-playground");

// A click on such a link runs the experiment, or presets. Nobody else may see the click: an instant
// navigation would fetch the page anew for it, and with the old one end the playground.
function followLink(event) {
  const link = event.target.closest?.('a[href*="#"]:not([target])');
  const isForBrowser =
    event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  const page = ({ origin, pathname }) => origin + pathname;
  if (!link || isForBrowser || !first()) return;
  if (page(link) !== page(location) || !wish(link)) return;
  event.preventDefault();
  event.stopPropagation();
  const address = new URL(location);
  address.hash = link.hash;
  if (address.hash !== location.hash) history.pushState(null, "", address);
  first().wants(wish(address), true);
}

// An address, typed or gone back to, runs nothing by itself.
const followAddress = () => first()?.wants(wish(location), false);

// A page that names its theme in `data-theme`, as Docusaurus does, need not have told the browser.
const paint = () => running.forEach((element) => element.paint());

// The event that can be forbidden.
const ASKED = "before-connect";

// What has something preset that the program does not know when it is mounted.
const PRESET = ":is([channel],[config],[filters],[height]:not([height=fill]),[target],[theme])";

class VeriopsPlayground extends HTMLElement {
  #nearby;
  #app;
  #reason;
  #isStarting = false;
  #isOutdated = false;
  #isChanged = false;
  #wanted;

  // `theme` and `height` are seen by the styles, too.
  static observedAttributes =
    ["api", "channel", "config", "filters", "height", "target", "theme", "timings"];

  // What is changed together is looked at together, and never while the program is at work.
  attributeChangedCallback(name, before, now) {
    if (before === now) return;
    this.#isOutdated ||= name === "api" || name === "timings";
    if (this.#isChanged) return;
    this.#isChanged = true;
    queueMicrotask(() => {
      this.#isChanged = false;
      if (this.#isOutdated) this.#startAnew();
      else this.#preset();
    });
  }

  // An element that has not tried to start will see for itself.
  #startAnew() {
    if (this.#isStarting || !(this.#app || this.#reason)) return;
    this.#end();
    this.#start();
  }

  connectedCallback() {
    if (this.#app || this.#nearby) return;
    this.#nearby = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && this.#start(),
      { rootMargin: "300px" },
    );
    this.#nearby.observe(this);
    // An observer tells what is near after the next frame. A page that has the program fetched ahead, as the
    // one of this folder does, shows it at once.
    if (document.querySelector("link[href$='__WASM__']")) this.#start();
    if (this === first()) followAddress();
  }

  disconnectedCallback() {
    // An element that is only moved comes back in the same task.
    queueMicrotask(() => this.isConnected || this.#stop());
  }

  async #start() {
    if (this.#isStarting || this.#app) return;
    this.#isStarting = true;
    this.#isOutdated = false;
    this.#nearby?.disconnect();
    if (this.#reason) this.#reason.firstChild.textContent = "The playground is starting …";
    try {
      const api = this.#description();
      const read = request(api).then((response) => response.arrayBuffer());
      const [module, bytes] = await Promise.all([load(), read]);
      if (isOver) throw new Error(CRASHED);
      if (this.isConnected) {
        const timings = this.getAttribute("timings") ?? "";
        const tell = (...news) => this.#tell(...news);
        this.#app = module.mount(this, new Uint8Array(bytes), api.href, timings, tell);
        running.add(this);
        this.paint();
        this.#reason?.remove();
        if (this.matches(PRESET) || this.#template) this.#preset();
        this.#fulfil();
        this.#tell("ready", "");
      }
    } catch (error) {
      if (isTrap(error)) crash();
      this.#explain(isOver ? CRASHED : reason(error));
    }
    this.#isStarting = false;
    if (this.#isOutdated) this.#startAnew();
  }

  get #template() {
    return this.querySelector(":scope > template")?.content.textContent;
  }

  #preset() {
    this.#app?.follow(this.#template ?? "", false);
  }

  // Tells the page. Only who may forbid is asked at once: the rest is told when the program is done with it.
  #tell(name, members) {
    const detail = JSON.parse(`{"version":1${members && ","}${members}}`);
    const options = { bubbles: true, composed: true, cancelable: name === ASKED, detail };
    const event = new CustomEvent(`vp-${name}`, options);
    if (name === ASKED) return this.dispatchEvent(event);
    queueMicrotask(() => this.dispatchEvent(event));
  }

  paint() {
    const { theme = "" } = this.closest("[data-theme]")?.dataset ?? {};
    this.shadowRoot.firstElementChild.dataset.theme = theme;
  }

  // Comes into sight and does what a link asks for, at once or as soon as there is a program; `runs` says
  // whether an experiment runs by itself.
  wants(link, runs) {
    if (link) this.#wanted = [link, runs];
    this.#fulfil();
  }

  #fulfil() {
    if (!this.#wanted) return;
    this.scrollIntoView();
    if (!this.#app) return void this.#start();
    this.#app.follow(...this.#wanted);
    this.#wanted = undefined;
  }

  #stop() {
    this.#nearby?.disconnect();
    this.#nearby = undefined;
    this.#end();
  }

  #end() {
    running.delete(this);
    this.#show("slot");
    this.#app?.unmount();
    this.#app = undefined;
  }

  showCrash() {
    running.delete(this);
    this.#app = undefined;
    const box = this.#show("div");
    box.setAttribute("role", "alert");
    box.dataset.testid = "crash";
    box.className = "vp-crash";
    box.textContent =
      "The playground has crashed; its connections are closed. Reload the page to start again. " +
      "The browser's console says what happened.";
  }

  #description() {
    const api = this.getAttribute("api");
    if (api === null) return description;
    if (!URL.canParse(api, document.baseURI)) throw new Error(`api="${api}" is no address`);
    return new URL(api, document.baseURI);
  }

  // Fills the shadow root with one new element; a slot shows the element's own children. Without a root
  // they are seen anyway.
  #show(name) {
    const content = document.createElement(name);
    this.shadowRoot?.replaceChildren(content);
    return content;
  }

  #explain(why) {
    this.#show("slot");
    this.#reason ??= this.#alert();
    const [words, button] = this.#reason.children;
    words.textContent = `The playground could not start: ${why}`;
    button.hidden = isOver;
    if (this.#reason.parentNode !== this) this.append(this.#reason);
  }

  #alert() {
    const alert = document.createElement("p");
    alert.setAttribute("role", "alert");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Try again";
    button.addEventListener("click", () => this.#start());
    alert.append(document.createElement("span"), " ", button);
    return alert;
  }
}

// A browser without custom elements goes on showing the children.
if (window.customElements && !customElements.get("veriops-playground")) {
  customElements.define("veriops-playground", VeriopsPlayground);
  addEventListener("click", followLink, true);
  addEventListener("hashchange", followAddress);
  const options = { attributeFilter: ["data-theme"], subtree: true };
  new MutationObserver(paint).observe(document, options);
}
