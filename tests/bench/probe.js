// What the benchmark reads of a page. It is installed before any script of the page runs, and costs
// each page the same: a timer every 5 ms and a look per frame.
(() => {
  const probe = globalThis.probe = {};

  // The page as the tests see it.
  const root = () => document.querySelector("veriops-playground")?.shadowRoot;
  const find = (id) => root()?.querySelector(`[data-testid="${id}"]`);
  const number = (text, pattern) =>
    Number(pattern.exec(text ?? "")?.[1].replaceAll(",", "") ?? 0);
  const status = () => find("log-status")?.textContent;

  // Messages counted up to now: by the playground's own words, or by the bare page.
  const received = () => globalThis.received ?? number(status(), /([\d,]+) messages?/);
  const dropped = () => number(status(), /([\d,]+) older dropped/);

  // Rows in the log, in the document or not, by the height that it scrolls over.
  probe.rows = () => {
    const list = find("log");
    const row = find("row");
    return row ? Math.round(list.firstElementChild.offsetHeight / row.offsetHeight) : 0;
  };
  Object.assign(probe, { find, received, dropped });

  // The event loop: how long after one timer the next one ran, in ms, beyond the 5 that it asked for.
  let beat = performance.now();
  const tick = () => {
    const now = performance.now();
    probe.gap = Math.max(probe.gap, now - beat - 5);
    beat = now;
    setTimeout(tick, 5);
  };
  setTimeout(tick, 5);

  // Whether there is what a reader came for: the button, the script of the bare page, or the first operation of RapiDoc.
  const isUsable = () => {
    const primary = find("primary");
    const rapidoc = document.querySelector("rapi-doc")?.shadowRoot;
    return primary && !primary.disabled || globalThis.received !== undefined
      || rapidoc?.querySelector(".nav-bar-path");
  };

  // When the first frame with it has been laid out and painted, and the bytes that came until then.
  const { port1: seen, port2: afterwards } = new MessageChannel();
  seen.onmessage = () => {
    const ready = performance.now();
    const came = ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind));
    const bytes = came.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
    probe.loaded = { ready, bytes };
  };

  // The frames, and what is looked at once in each.
  let frame = performance.now();
  const look = () => {
    requestAnimationFrame(look);
    const now = performance.now();
    probe.frames.push(now - frame);
    frame = now;
    if (!probe.loaded && isUsable()) {
      probe.loaded = {};
      afterwards.postMessage(undefined);
    }
    const run = probe.run;
    if (!run || run.end) return;
    const count = received();
    if (count === run.before) return;
    run.start ??= { at: now, count };
    if (count >= run.before + run.count) run.end = { at: now, count };
  };

  // Forgets gaps and frames up to now.
  probe.reset = () => {
    probe.gap = 0;
    probe.frames = [];
    beat = frame = performance.now();
  };
  probe.reset();
  requestAnimationFrame(look);

  // Waits for this many more messages; probe.run then has the first frame with some and with all.
  probe.expect = (count) => {
    probe.before ??= received();
    probe.run = { before: received(), count };
    probe.reset();
  };

  // The next click on the one obvious button: when it was made, and when the phase changed.
  probe.watchClick = () => {
    const watch = probe.click = {};
    addEventListener("click", (event) => watch.at = event.timeStamp, { capture: true, once: true });
    const element = find("status");
    new MutationObserver(() => {
      if (element.dataset.state !== "open") watch.left ??= performance.now();
      if (element.dataset.state === "idle") watch.idle ??= performance.now();
    }).observe(element, { attributeFilter: ["data-state"] });
  };

  // The last input, and the last change of the log after it.
  probe.watchLog = () => {
    const watch = probe.input = {};
    probe.reset();
    for (const name of ["input", "change"]) {
      addEventListener(name, (event) => {
        watch.at = event.timeStamp;
        watch.changed = performance.now();
      }, { capture: true });
    }
    // Not the foot, where the rate goes on changing.
    for (const id of ["log", "search-count"]) {
      new MutationObserver(() => watch.changed = performance.now())
        .observe(find(id), { subtree: true, childList: true, characterData: true, attributes: true });
    }
  };

  // How many rows were found; nothing while the page is searching.
  probe.found = () => /^\d+ found$/.test(find("search-count")?.textContent)
    ? number(find("search-count").textContent, /(\d+)/) : null;
  probe.isPressed = (id) => find(id).getAttribute("aria-pressed") === "true";

  // How many choices a field has.
  probe.choices = (id) => find(id).options?.length ?? 0;

  // The memory of a program that starts.
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...parts) => {
      const made = await original.apply(WebAssembly, parts);
      const names = Object.values((made.instance ?? made).exports);
      // What is loaded later shares the memory of the rest.
      probe.wasm = names.find((it) => it instanceof WebAssembly.Memory) ?? probe.wasm;
      return made;
    };
  }
})();
