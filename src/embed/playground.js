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

// Glue and wasm are asked for side by side.
async function fetchProgram() {
  if (isOver) throw new Error(CRASHED);
  const [module, response] = await Promise.all([fetchGlue(), request(binary)]);
  await module.default({ module_or_path: response });
  return module;
}

// Firefox does not ask again for a script that failed, but it does under another address.
let failures = 0;
const fetchGlue = () =>
  import(failures ? `${glue}?${failures}` : glue.href).catch((error) => {
    failures += 1;
    throw error;
  });

async function request(url) {
  const response = await fetch(url).catch((error) => {
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

class VeriopsPlayground extends HTMLElement {
  #nearby;
  #app;
  #reason;
  #isStarting = false;

  connectedCallback() {
    if (this.#app || this.#nearby) return;
    this.#nearby = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && this.#start(),
      { rootMargin: "300px" },
    );
    this.#nearby.observe(this);
  }

  disconnectedCallback() {
    // An element that is only moved comes back in the same task.
    queueMicrotask(() => this.isConnected || this.#stop());
  }

  async #start() {
    if (this.#isStarting || this.#app) return;
    this.#isStarting = true;
    this.#nearby?.disconnect();
    if (this.#reason) this.#reason.firstChild.textContent = "The playground is starting …";
    try {
      const api = this.#description();
      const read = request(api).then((response) => response.text());
      const [module, text] = await Promise.all([load(), read]);
      if (isOver) throw new Error(CRASHED);
      if (this.isConnected) {
        this.#app = module.mount(this, text, api.href, this.getAttribute("timings") ?? "");
        running.add(this);
        this.#reason?.remove();
      }
    } catch (error) {
      if (isTrap(error)) crash();
      this.#explain(isOver ? CRASHED : (error?.message ?? error));
    }
    this.#isStarting = false;
  }

  #stop() {
    this.#nearby?.disconnect();
    this.#nearby = undefined;
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

if (!customElements.get("veriops-playground")) {
  customElements.define("veriops-playground", VeriopsPlayground);
}
