// A page that drives the element as its types say it: through attributes, events and a veto.

const log: string[] = [];
const element = document.createElement("veriops-playground");
let isForbidden = true;

element.addEventListener("vp-ready", ({ detail }) => log.push(`ready ${detail.version}`));
element.addEventListener("vp-before-connect", (event) => {
  const { target, endpoint } = event.detail;
  log.push(`asked ${target} ${endpoint ?? "nowhere"}`);
  if (isForbidden) event.preventDefault();
});
element.addEventListener("vp-close", ({ detail: { code, clean, meaning } }) => {
  const text: string = meaning ?? "no meaning";
  log.push(`closed ${code.toFixed()} ${clean ? "clean" : "unclean"} ${text}`);
});
// They bubble.
document.addEventListener("vp-state", ({ detail }) => log.push(`${detail.target} ${detail.state}`));

const attributes: VeriopsAttributes = {
  target: "live",
  channel: "project.updated",
  filters: JSON.stringify({ project_id: "prj_ts" }),
  theme: "light",
  height: "600px",
};
for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
document.body.append(element);

Object.assign(window, {
  log,
  allow: () => {
    isForbidden = false;
  },
});
