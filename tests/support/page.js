// What a reader sees of the playground, as data. Every script of page.rs starts with this text.

const root = document.querySelector("veriops-playground")?.shadowRoot;
const every = (id, within = root) => [...within?.querySelectorAll(`[data-testid="${id}"]`) ?? []];
const shown = (id, within) => every(id, within).find((element) => element.checkVisibility());
const words = (element) => element?.innerText.replace(/\s+/g, " ").trim() ?? null;
const text = (id, within) => words(shown(id, within));
const typed = (id) => shown(id)?.value ?? null;

// The button of the menu around an element, if the menu is so.
const menu = (id, state) => {
  const around = every(id)[0]?.closest(state);
  const button = around?.querySelector("summary");
  return button?.dataset.testid === id ? null : button;
};

function view() {
  const status = shown("status");
  const notice = shown("notice");
  return {
    target: ["simulator", "echo", "live"]
      .find((name) => shown(`target-${name}`)?.getAttribute("aria-checked") === "true") ?? null,
    endpoint: typed("endpoint"),
    endpoint_error: text("endpoint-error"),
    primary: text("primary"),
    state: status?.dataset.state ?? null,
    status: words(status),
    gauges: Object.fromEntries(
      ["heartbeat", "idle", "subscriptions", "round-trip"]
        .map((name) => [name, text(`gauge-${name}`) ?? ""]),
    ),
    envelope: typed("envelope"),
    checks: every("check").map((check) => ({ level: check.dataset.level, text: words(check) })),
    meter: text("meter"),
    refusal: text("refusal"),
    subscriptions: every("subscription").map((subscription) => ({
      channel: subscription.dataset.channel,
      state: subscription.dataset.state,
      text: words(subscription),
    })),
    rows: every("row").map((row) => ({
      kind: row.dataset.kind,
      direction: row.dataset.direction,
      outcome: row.dataset.outcome ?? null,
      text: words(row),
    })),
    log_status: text("log-status"),
    detail: text("detail-text") ?? text("detail"),
    notice: notice && {
      code: notice.dataset.code ?? null,
      title: text("notice-title"),
      action: text("notice-action"),
      countdown: text("countdown"),
      text: words(notice),
      offers: ["reconnect-now", "stop", "start-simulator"].filter((id) => shown(id)),
    },
  };
}

// The texts that a search has marked.
const marks = (within) => [...within.querySelectorAll("mark")].map((mark) => mark.textContent.toLowerCase());
