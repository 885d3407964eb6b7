// The one script a page includes. It defines <veriops-playground>, fetches the program when an element
// comes near the viewport, and shows the element's own children for as long as there is no program.

const program = new URL("__GLUE__", import.meta.url);
const binary = new URL("__WASM__", import.meta.url);
const description = new URL("veriops.asyncapi.json", import.meta.url);

// All elements of a page share one module.
let loading;
const load = () =>
  (loading ??= import(program.href).then(async (module) => {
    await module.default({ module_or_path: binary });
    return module;
  }));

const read = async (url) => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.text();
};

class VeriopsPlayground extends HTMLElement {
  #nearby;
  #app;
  #starting = false;

  constructor() {
    super();
    // Provokes a crash, for the test of what follows one.
    this.addEventListener("veriops-playground:panic", () => this.#app?.crash());
  }

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
    if (this.#starting || this.#app) return;
    this.#starting = true;
    this.#nearby?.disconnect();
    const api = new URL(this.getAttribute("api") ?? description, document.baseURI);
    try {
      const [module, text] = await Promise.all([load(), read(api)]);
      if (this.isConnected) {
        const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
        this.#app = module.mount(root, text, api.href, this.getAttribute("timings") ?? "");
        addEventListener("veriops-playground:crash", this.#crashed);
      }
    } catch (error) {
      this.#explain(error);
    }
    this.#starting = false;
  }

  #stop() {
    this.#nearby?.disconnect();
    this.#nearby = undefined;
    removeEventListener("veriops-playground:crash", this.#crashed);
    this.#app?.unmount();
    this.#app = undefined;
  }

  // A program that panicked cannot go on, nor be asked to clean up after itself.
  #crashed = () => {
    removeEventListener("veriops-playground:crash", this.#crashed);
    this.#app = undefined;
    const box = document.createElement("div");
    box.setAttribute("role", "alert");
    box.dataset.testid = "crash";
    box.className = "vp-crash";
    box.textContent =
      "The playground has crashed; its connections are closed. Reload the page to start again. " +
      "The browser's console says what happened.";
    this.shadowRoot.replaceChildren(box);
  };

  #explain(error) {
    const reason = document.createElement("p");
    reason.setAttribute("role", "alert");
    reason.textContent = `The playground could not start: ${error?.message ?? error}`;
    this.append(reason);
  }
}

if (!customElements.get("veriops-playground")) {
  customElements.define("veriops-playground", VeriopsPlayground);
}
