// The page that is opened directly tells a page that has it in a frame how tall it has to be, so that nothing
// in it is cut off. What room it has beyond that, the log takes.

const tell = () => {
  const { scrollHeight: height } = document.documentElement;
  parent.postMessage({ type: "vp-height", version: 1, height }, "*");
};

if (parent !== window) {
  addEventListener("vp-ready", ({ target }) => {
    new ResizeObserver(tell).observe(target.shadowRoot.querySelector(".vp-app"));
  });
}
