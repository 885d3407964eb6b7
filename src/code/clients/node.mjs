// Receives the events of a WebSocket API. Needs Node.js 22 or newer and nothing else.
// Run: VERIOPS_API_KEY=your-key node node.mjs

// Settings: what to connect to, and what the API asks of its clients.
const ENDPOINT = "wss://api.veriops.example/realtime";
const SUBSCRIPTIONS = [{ channel: "project.updated", filters: { project_id: "prj_abc123" } }];
const KEY_PARAMETER = "token"; // "" where the API takes no key
const ACK_MS = 10_000;
const SILENCE_MS = 75_000;
const STABLE_MS = 10_000;
const BACKOFF_MS = [1_000, 2_000, 4_000, 8_000, 16_000, 30_000];
const RETRY_CODES = [1001, 1004, 1005, 1006, 1011, 1012, 1013, 1014, 1015];
const WAIT_MS = { 4008: 60_000 };
const ADVICE = {
  1000: "Normal closure. No action required.",
  1001: "Server going away. Reconnect with exponential backoff.",
  1006: "Abnormal close (no close frame). Reconnect with exponential backoff.",
  1008: "Policy violation. Check message format and size.",
  4001: "Authentication failed. Verify your API key is valid and not expired.",
  4002: "Subscription limit reached. Unsubscribe from unused channels (max 50).",
  4008: "Rate limited. Wait 60 seconds before reconnecting.",
  4009: "Message too large. Reduce message size to under 64 KB.",
};
// End of settings.

/**
 * Takes an event. Your code goes here.
 * @param {string} channel
 * @param {object} data
 */
function onEvent(channel, data) {
  console.log(`event ${channel} ${JSON.stringify(data)}`);
}

/**
 * Takes what happens to the connection, in words.
 * @param {string} text
 */
function onState(text) {
  console.error(text);
}

/**
 * Takes a message that is none of the API's.
 * @param {string} text
 */
function onUnknown(text) {
  console.error(`not understood: ${[...text].slice(0, 200).join("")}`);
}

const key = process.env.VERIOPS_API_KEY;
let requests = 0; // counted over the whole run, so that no id is used twice
let failures = 0; // since the last connection that held
let stopping = false;
/** @type {WebSocket} */
let socket;
/** @type {NodeJS.Timeout} */
let retry;

if (KEY_PARAMETER && !key) {
  onState("set VERIOPS_API_KEY to your API key");
  process.exitCode = 1;
} else {
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  connect();
}

/** Opens a connection and stays with it to its end; what follows then depends on the close code. */
function connect() {
  /** @type {Map<string, { channel: string, timer: NodeJS.Timeout }>} */
  const unanswered = new Map();
  let openedAt;
  let heard = false;
  let ended = false;

  onState(`connecting to ${ENDPOINT}`);
  const current = new WebSocket(address());
  const silence = setTimeout(() => {
    onState(`silent for ${SILENCE_MS / 1000} s`);
    current.close();
    end(1006, "");
  }, SILENCE_MS);
  socket = current;

  current.onopen = () => {
    openedAt = performance.now();
    silence.refresh();
    onState("open");
    SUBSCRIPTIONS.forEach(subscribe);
  };

  current.onmessage = ({ data }) => {
    heard = true;
    silence.refresh();
    if (typeof data === "string") {
      receive(data);
    } else {
      onUnknown(`${data.size} bytes of binary`);
    }
  };

  current.onclose = ({ code, reason }) => end(code, reason);

  current.onerror = () => {
    // Node 22 reports a handshake that failed as an error, and no close after it.
    if (openedAt === undefined) end(1006, "");
  };

  function send(type, id, payload) {
    const sentAt = new Date().toISOString();
    current.send(JSON.stringify({ type, request_id: id, sent_at: sentAt, payload }));
  }

  function subscribe(subscription) {
    const { channel } = subscription;
    const id = `req_${++requests}`;
    const timer = setTimeout(() => {
      onState(`no answer within ${ACK_MS / 1000} s to subscribe ${channel} (${id})`);
    }, ACK_MS);
    unanswered.set(id, { channel, timer });
    send("subscribe", id, subscription);
  }

  function receive(text) {
    const message = parse(text);
    switch (message?.type) {
      case "event": {
        const { event_type: channel, data } = message.payload ?? {};
        return channel && data ? onEvent(channel, data) : onUnknown(text);
      }
      case "ping":
        return send("pong", message.request_id);
      case "ack":
        return acknowledge(message.request_id);
      case "pong":
        return;
      default:
        return onUnknown(text);
    }
  }

  function acknowledge(id) {
    const request = unanswered.get(id);
    if (!request) return;
    clearTimeout(request.timer);
    unanswered.delete(id);
    onState(`subscribed to ${request.channel}`);
  }

  function end(code, reason) {
    if (ended) return;
    ended = true;
    clearTimeout(silence);
    unanswered.forEach(({ timer }) => clearTimeout(timer));
    if (stopping) return onState(`closed ${code}`);

    if (heard && performance.now() - openedAt >= STABLE_MS) failures = 0;
    const delay = delayAfter(code);
    const what = openedAt
      ? `closed ${code}${reason && ` (${reason})`}`
      : "no connection (unreachable or refused)";
    if (delay === undefined) {
      onState(ADVICE[code] ? `${what}: ${ADVICE[code]}` : what);
      exit(code === 1000 ? 0 : 1);
    } else {
      onState(`${what}: next attempt in ${delay / 1000} s`);
      retry = setTimeout(connect, delay);
    }
  }
}

/** Returns the endpoint with the key as a query parameter. */
function address() {
  const url = new URL(ENDPOINT);
  if (KEY_PARAMETER) {
    url.search += `${url.search ? "&" : "?"}${KEY_PARAMETER}=${encodeURIComponent(key)}`;
  }
  return url;
}

/** Returns what the text says in JSON, undefined if it is none. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns the milliseconds until the next attempt, undefined if there is to be none. */
function delayAfter(code) {
  if (!RETRY_CODES.includes(code)) return WAIT_MS[code];
  return BACKOFF_MS[failures++] ?? BACKOFF_MS.at(-1);
}

/** Closes the connection. */
function stop() {
  stopping = true;
  clearTimeout(retry);
  socket.close(1000);
  exit(0);
}

/** Lets the process end by itself, and ends it if a server that does not answer holds it. */
function exit(code) {
  process.exitCode = code;
  setTimeout(() => process.exit(), 3000).unref();
}
