// The element <veriops-playground> for TypeScript: its events, and what its attributes may say.
// Include it by a reference or in the `types` of a project; it has no code.

/** What can be chosen to connect to. */
type VeriopsTarget = "simulator" | "echo" | "live";

/** The detail of every event. A later version may have more members. */
interface VeriopsDetail {
  readonly version: 1;
}

/** `vp-ready`: the playground can be used. */
interface VeriopsReady extends VeriopsDetail {}

/** `vp-before-connect`: the reader wants to connect. `preventDefault()` forbids it. */
interface VeriopsBeforeConnect extends VeriopsDetail {
  readonly target: VeriopsTarget;
  /** The address without the key; of several echo servers the first. None for the simulator. */
  readonly endpoint: string | null;
}

/** `vp-state`: the connection has another state. */
interface VeriopsState extends VeriopsDetail {
  readonly state: "idle" | "connecting" | "open" | "closing" | "waiting";
  readonly target: VeriopsTarget;
}

/** `vp-close`: a connection that was open is over. */
interface VeriopsClose extends VeriopsDetail {
  readonly code: number;
  /** Whether a close frame was exchanged. */
  readonly clean: boolean;
  /** What the API description says of the code, if it has it. */
  readonly meaning: string | null;
}

interface VeriopsEventMap {
  "vp-ready": CustomEvent<VeriopsReady>;
  "vp-before-connect": CustomEvent<VeriopsBeforeConnect>;
  "vp-state": CustomEvent<VeriopsState>;
  "vp-close": CustomEvent<VeriopsClose>;
}

/** The JSON of the attribute `config` and of a child `template`. An attribute goes before it. */
interface VeriopsSettings {
  target?: VeriopsTarget;
  /** Where to connect; a key in it is dropped. */
  endpoint?: string;
  channel?: string;
  filters?: Record<string, unknown>;
  /** The message in the composer, in the place of channel and filters. */
  message?: unknown;
}

/** The attributes, for frameworks that type them. */
interface VeriopsAttributes {
  target?: VeriopsTarget;
  channel?: string;
  /** A JSON object. */
  filters?: string;
  theme?: "auto" | "light" | "dark";
  /** `fill`, or a CSS length. */
  height?: string;
  api?: string;
  config?: string;
  /** A JSON object of milliseconds. */
  timings?: string;
}

/** The element. Its attributes are set with `setAttribute`. */
interface VeriopsPlaygroundElement extends HTMLElement {
  addEventListener<K extends keyof VeriopsEventMap>(
    type: K,
    listener: (this: VeriopsPlaygroundElement, event: VeriopsEventMap[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<K extends keyof HTMLElementEventMap>(
    type: K,
    listener: (this: VeriopsPlaygroundElement, event: HTMLElementEventMap[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

interface HTMLElementTagNameMap {
  "veriops-playground": VeriopsPlaygroundElement;
}

// The events bubble, so the document hears them as well.
interface DocumentEventMap extends VeriopsEventMap {}
