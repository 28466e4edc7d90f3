/** The element `<housing-complaint>`. Each property mirrors the attribute of its name. */
export interface HousingComplaintElement extends HTMLElement {
  /** Address of the landlord's file. It has to be there. */
  get landlord(): string | null;
  set landlord(value: string | null | undefined);
  /** Where complaints are sent, if not to `v1/submissions` on the service. */
  get endpoint(): string | null;
  set endpoint(value: string | null | undefined);
  /** Address of the service, if it is not the origin of the script. */
  get service(): string | null;
  set service(value: string | null | undefined);
  /** What the resident wants to do, for a link in a letter. */
  get start(): string | null;
  set start(value: Start | null | undefined);
  /** Where the resident came from; it is kept with the record. */
  get source(): string | null;
  set source(value: string | null | undefined);
  /** `off` keeps no answers in the tab's storage. */
  get drafts(): string | null;
  set drafts(value: Drafts | null | undefined);
  /** Level of the form's headings in the page, 1 to 5. It is 2 where nothing is said. */
  get headingLevel(): string | null;
  set headingLevel(value: HeadingLevel | null | undefined);
  /** Whether the form runs in the page or in a frame. */
  get mode(): string | null;
  set mode(value: Mode | null | undefined);
  /** `off` leaves the browser's history alone. */
  get history(): string | null;
  set history(value: OnOff | null | undefined);
  /** `light` or `dark`, whatever the reader's device says. */
  get theme(): string | null;
  set theme(value: Theme | null | undefined);
  /** Blanks the page, drops what was typed in this tab, and goes to a neutral page. */
  hide(): void;
}

export type Start = 'complaint' | 'stage2' | 'add' | 'report' | 'feedback' | 'track' | (string & {});
export type Drafts = 'off' | 'tab' | 'device' | (string & {});
export type HeadingLevel = 1 | 2 | 3 | 4 | 5 | '1' | '2' | '3' | '4' | '5';
export type Mode = 'inline' | 'frame' | 'auto' | (string & {});
export type OnOff = 'on' | 'off' | (string & {});
export type Theme = 'light' | 'dark' | (string & {});

/** The attributes, by the names that they have in the page; for the JSX of your framework. */
export interface HousingComplaintAttributes {
  landlord?: string;
  endpoint?: string;
  service?: string;
  lang?: string;
  start?: Start;
  source?: string;
  drafts?: Drafts;
  'heading-level'?: HeadingLevel;
  mode?: Mode;
  history?: OnOff;
  theme?: Theme;
}

/** The attributes, by the names that they have in JavaScript. */
export interface HousingComplaintOptions {
  landlord?: string | null;
  endpoint?: string | null;
  service?: string | null;
  lang?: string | null;
  start?: Start | null;
  source?: string | null;
  drafts?: Drafts | null;
  headingLevel?: HeadingLevel | null;
  mode?: Mode | null;
  history?: OnOff | null;
  theme?: Theme | null;
}

/** What the script puts at `window.HousingComplaint`. */
export interface HousingComplaintApi {
  /** The version of the script that defined the element. */
  readonly version: string;
  /**
   * Puts the form into an element of the page.
   *
   * @param target The element, or a selector of it.
   */
  mount(target: string | Element, options: HousingComplaintOptions & { landlord: string }): HousingComplaintMount;
}

/** A form that a script put into the page. */
export interface HousingComplaintMount {
  /** Changes these settings and leaves the others; `null` takes one away. What was typed stays. */
  update(options: HousingComplaintOptions): void;
  /** Takes the form out of the page. */
  unmount(): void;
}

/** What is sent, and by which rules it is answered. */
export type Route = 'complaint' | 'service_request' | 'stage2' | 'addition' | 'feedback';

/** The form is there and can be used. */
export interface ReadyDetail {
  version: string;
}

/** The resident is on another screen. */
export interface StepDetail {
  screen: 'start' | 'question' | 'advice' | 'check' | 'keep' | 'sending' | 'sent' | 'not-sent' | 'sign-in' | 'case';
  /** Which question or advice it is. */
  key: string | undefined;
  /** Absent at `sign-in` and `case`. */
  route: Route | undefined;
}

/** It was received. */
export interface SubmittedDetail {
  reference: string;
  kind: Route;
  stage: 1 | 2;
  /** A day, as `2026-11-30`. */
  receivedOn: string;
  /** A day; none where nothing has to be acknowledged, or the bank holidays are not known yet. */
  acknowledgeBy: string | undefined;
}

/** It could not be sent. The resident is told, and nothing is lost. */
export interface SubmitFailedDetail {
  /** The HTTP status; 0 where no answer came. */
  status: number;
  retryable: boolean;
}

/** The form can't run. The resident sees the other ways to complain. */
export interface ErrorDetail {
  code:
    | 'landlord_missing'
    | 'landlord_unusable'
    | 'wasm_missing'
    | 'wasm_blocked'
    | 'wasm_failed'
    | 'wasm_slow'
    | 'frame_blocked'
    | 'trap'
    | (string & {});
}

/** The events of the element. They bubble, and carry nothing personal. */
export interface HousingComplaintEventMap {
  'hc-ready': CustomEvent<ReadyDetail>;
  'hc-step': CustomEvent<StepDetail>;
  'hc-submitted': CustomEvent<SubmittedDetail>;
  'hc-submit-failed': CustomEvent<SubmitFailedDetail>;
  'hc-error': CustomEvent<ErrorDetail>;
}

declare global {
  interface HTMLElementTagNameMap {
    'housing-complaint': HousingComplaintElement;
  }
  interface GlobalEventHandlersEventMap extends HousingComplaintEventMap {}
  /** There once the script has run. */
  var HousingComplaint: HousingComplaintApi | undefined;
}
