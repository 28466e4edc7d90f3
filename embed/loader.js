// The script tag: defines <housing-complaint>, draws the first screen, and brings the widget into it.
//
// The build puts this file into one classic script, after `hcGlue` (wasm-bindgen's glue; each call makes
// a new one, {imports, start, Place}, for a new instance of the wasm), `HC_BUILD` {version, wasm: {file,
// integrity}, later: {file, integrity}, css, first, messages, locales: {lang: {file, integrity, later: {file,
// integrity}}}}, and the
// other files of embed/. `first` and `messages` are the English first screen and those words that are needed
// before, or without, the file with all of them. The functions `hc…` are called by the widget. Whatever can't
// be shown, the element's own children stay visible.

const ATTRIBUTES = [
  'landlord', 'endpoint', 'service', 'lang', 'start', 'source', 'drafts', 'heading-level', 'mode',
  'history', 'theme',
];

const PROPERTIES = ATTRIBUTES.map((name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase()));

const script = document.currentScript;
const base = new URL('.', script ? script.src : document.baseURI).href;
const noop = () => {};
const warn = (text) => console.warn(TAG + ': ' + text);

// --- What is fetched, once for all elements of the page ---------------------------------------------

const get = (file) => fetch(base + file.file, { integrity: file.integrity });

// The wasm of a file. A server that does not know its type only makes it slower: it is compiled once all of
// it is there.
async function instantiate(file, imports) {
  const answer = await get(file);
  if (answer.headers.get('content-type') === 'application/wasm') return WebAssembly.instantiateStreaming(answer, imports);
  warn(file.file + ' is slower without "Content-Type: application/wasm"');
  return WebAssembly.instantiate(await answer.arrayBuffer(), imports);
}

let engine;

// The wasm, with its glue. After a trap, or where it could not be had, the next call begins anew.
function startEngine() {
  if (!engine) {
    const it = (engine = { places: [] });
    it.ready = begin(it);
    it.ready.then(() => complete(it).catch(noop), () => stop(it));
  }
  return engine;
}

async function begin(it) {
  it.glue = hcGlue();
  const { instance } = await instantiate(HC_BUILD.wasm, it.glue.imports);
  it.exports = instance.exports;
  it.glue.start(guard(it.exports, it));
}

// The later part of the wasm (decision 0013), linked to the first, and the words of its screens. They come right
// behind it: the first question does not need them, and would compete. If they could not be had, the next call
// begins anew.
function complete(it) {
  if (!it.whole) {
    it.whole = it.ready.then(async () => {
      const words = Promise.all(Array.from(mounted, ({ language }) => loadMore(language)));
      words.catch(noop);
      if (!it.isLinked) {
        const first = { ...it.exports };
        for (let slot = first.slots.length; slot--;) first[slot] = first.slots.get(slot);
        await instantiate(HC_BUILD.later, { ...it.glue.imports, first });
        it.isLinked = true;
      }
      await words;
      it.isWhole = true;
      mounted.forEach((element) => { if (element.widget && element.engine === it) goOn(element); });
    });
    it.whole.catch(() => { it.whole = null; });
  }
  return it.whole;
}

// The same, for whoever needs it now: a connection may fail once or twice.
async function insist(it) {
  for (let tries = 2; ; tries--) {
    try {
      return await complete(it);
    } catch (error) {
      if (!tries || it.isStopped) throw error;
    }
    await new Promise((later) => { setTimeout(later, 1000); });
  }
}

// The widget holds back what was pressed until all of the wasm is there.
function hcHold(element) {
  const { engine: it, turn } = element;
  const isWaiting = () => element.turn === turn && !it.isWhole;
  setTimeout(() => {
    const button = isWaiting() && element.shadowRoot.querySelector('[type=submit],[data-action=track]');
    if (!button) return;
    element.waiting = node('p', { class: 'small', role: 'status' }, [element.words.messages['start.opening']]);
    button.after(element.waiting);
  }, 1000);
  setTimeout(() => { if (isWaiting()) giveUp(it, 'wasm_slow'); }, PATIENCE);
  insist(it).catch((error) => { if (isWaiting()) giveUp(it, 'wasm_failed ' + error); });
}

async function goOn(element) {
  const { engine: it, language, widget } = element;
  try {
    const words = await loadMore(language);
    if (element.widget !== widget) return;
    if (element.waiting) element.waiting.remove();
    element.waiting = null;
    widget.complete(words);
    // Nobody waits for what words mean.
    if (words.model) get(words.model).then((it) => it.text()).then((model) => element.widget === widget && widget.complete({ model })).catch(noop);
  } catch (error) {
    giveUp(it, 'wasm_failed ' + error);
  }
}

function stop(it) {
  it.isStopped = true;
  if (engine === it) engine = undefined;
}

function giveUp(it, text) {
  stop(it);
  mounted.forEach((element) => { if (element.engine === it) fail(element, text); });
}

// Every call into the wasm. What comes out of one as an exception is a trap, or has left the widget
// half-way through a change: no other call may follow. (Not every engine tells `window` of a trap.)
function guard(exports, it) {
  const guarded = {};
  Object.keys(exports).forEach((name) => {
    const call = exports[name];
    guarded[name] = typeof call !== 'function' ? call : (...given) => {
      // The glue looks into what some calls return.
      if (it.isStopped) return [];
      try {
        return call(...given);
      } catch (error) {
        giveUp(it, 'trap ' + error);
        throw error;
      }
    };
  });
  return guarded;
}

// The words of a language that are needed first, and its first screen; of English, what the script does not have.
const loadWords = async (language) => (await get(HC_BUILD.locales[language])).json();

// Its other words.
const more = {};

function loadMore(language) {
  if (!more[language]) {
    more[language] = get(HC_BUILD.locales[language].later).then((it) => it.json());
    more[language].catch(() => { more[language] = null; });
  }
  return more[language];
}

// A landlord's file that is not there is not an error here: the widget says so, with the rights.
async function loadLandlord(url) {
  if (!url) return undefined;
  try {
    const answer = await fetch(url);
    return answer.ok ? await answer.text() : undefined;
  } catch (error) {
    return undefined;
  }
}

const resolve = (url) => {
  try { return url && new URL(url, document.baseURI).href; } catch (error) { return url; }
};

// --- The element -------------------------------------------------------------------------------------

const mounted = new Set();

const HousingComplaint = window.HTMLElement && class extends HTMLElement {
  static get observedAttributes() { return ATTRIBUTES; }

  connectedCallback() {
    if (!this.shadowRoot) {
      // What was set before the element was defined.
      PROPERTIES.filter((it) => Object.prototype.hasOwnProperty.call(this, it)).forEach((it) => {
        const value = this[it];
        delete this[it];
        this[it] = value;
      });
      protect(this.attachShadow({ mode: 'open' }));
      fill(this, node('slot'));
      warnOfUnknown(this);
      // Colours of the host page are meant for one of the two themes; without a word, the light one.
      if (!this.hasAttribute('theme') && ownColours(this).length) this.setAttribute('theme', 'light');
    }
    watchColours(this);
    // A tag without an element of its own may be looking for this one, once the page is read.
    const open = () => { if (this.isConnected && !mounted.has(this)) this.open(); };
    if (this.hasAttribute('landlord')) open();
    else whenRead(open);
  }

  // Moving an element in the page disconnects it for a moment, and must lose nothing.
  disconnectedCallback() {
    Promise.resolve().then(() => { if (!this.isConnected) this.close(); });
  }

  attributeChangedCallback(name, before, after) {
    if (!mounted.has(this)) {
      // It has waited for this.
      if (name === 'landlord' && after && this.shadowRoot && this.isConnected) this.open();
    } else if (name === 'theme') {
      colour(this);
      if (this.tellFrame) this.tellFrame({ type: 'theme', theme: after });
    } else if (before !== after) {
      const { wasStarted } = this;
      this.holdsFocus = focusIn(this);
      this.close();
      this.wasStarted = wasStarted;
      this.open();
    }
  }

  async open() {
    const element = this;
    const turn = (this.turn = {});
    const isCurrent = () => element.turn === turn;
    mounted.add(this);
    const wanted = this.getAttribute('lang') || document.documentElement.lang;
    let language = (this.language = HC_BUILD.locales[wanted] ? wanted : 'en');
    const landlord = resolve(this.getAttribute('landlord'));
    this.instance = instanceOf(this, landlord);
    this.landlordText = undefined;
    this.words = HC_BUILD;
    const recalled = recall(this);
    const landlordFile = loadLandlord(landlord).then((text) => {
      if (isCurrent()) {
        element.landlordText = text || element.landlordGiven;
        colour(element);
      }
    });
    try {
      const mode = this.getAttribute('mode');
      if (mode !== 'frame' && typeof WebAssembly !== 'object') throw 'wasm_missing';
      const inFrame = mode === 'frame' || !mayRun();
      if (inFrame && mode === 'inline') throw 'wasm_blocked';
      let own = inFrame ? null : startEngine();
      // A frame has its own. Rather English than nothing.
      const isEnough = inFrame && language === 'en';
      const words = isEnough ? undefined : loadWords(language).catch(() => loadWords(this.language = language = 'en'));
      if (words) words.catch(noop);
      const take = async () => {
        const all = await words;
        if (isCurrent()) this.words = { ...HC_BUILD, ...all, messages: { ...HC_BUILD.messages, ...all.messages } };
      };
      if (language !== 'en') await take();
      if (!isCurrent()) return;
      colour(this);
      drawFirst(this);
      recalled.then(() => { if (isCurrent() && !element.widget) offerHide(element); });
      if (inFrame) return openFrame(this, turn, language, landlordFile);
      await landlordFile;
      await recalled;
      await take();
      // What was kept may lead anywhere.
      const enough = (it) => (this.kept.text || this.getAttribute('start') === 'track' ? insist(it) : it.ready);
      await enough(own);
      // Another form on the page may have met a trap meanwhile.
      if (own.isStopped) await enough(own = startEngine());
      // A press that has begun is finished on what it began on, or it would be lost.
      for (let waits = 0; isPressed && waits < 40; waits++) await new Promise((later) => { setTimeout(later, 50); });
      const isWhole = Boolean(own.isWhole);
      if (isWhole) Object.assign(this.words.messages, await loadMore(language));
      if (isCurrent()) takeOver(this, own, landlord, language, isWhole);
    } catch (error) {
      await landlordFile;
      await recalled;
      // The widget's own reasons are texts: a code and a line for the web team.
      if (isCurrent()) fail(this, typeof error === 'string' ? error : 'wasm_failed ' + error);
    }
  }

  // Clears the page, and leaves it.
  hide() {
    hide();
  }

  close() {
    mounted.delete(this);
    this.turn = null;
    this.wasStarted = false;
    letGo(this);
    if (this.closeFrame) this.closeFrame();
    if (this.widget) {
      const { widget, engine: own } = this;
      this.widget = null;
      try {
        widget.unmount();
        own.places.push(widget);
      } catch (error) { /* it had stopped already */ }
    }
    fill(this, node('slot'));
  }
};

const set = (element, name, value) => {
  if (value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value);
};

const serviceOf = (element) =>
  new URL(element.getAttribute('service') || new URL('/', base).href, document.baseURI).href.replace(/\/?$/, '/');

// Whether this page's policy lets WebAssembly run: an instance of the smallest module there is. (WebKit
// compiles what it then refuses to run.)
function mayRun() {
  try {
    return Boolean(new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))));
  } catch (error) {
    // Too little memory is no policy: a frame would have no more.
    return !(error instanceof WebAssembly.CompileError);
  }
}

// The widget takes the place of the first screen, in one task: nothing is drawn in between.
function takeOver(element, own, landlord, language, isWhole) {
  const options = { version: HC_BUILD.version, language, messages: element.words.messages };
  ATTRIBUTES.forEach((name) => {
    const value = element.getAttribute(name);
    if (value !== null) options[name] = value;
  });
  options.landlord = landlord;
  options.landlordText = element.landlordText;
  options.instance = element.instance;
  options.before = element.kept.text;
  if (element.isElsewhere) options.elsewhere = 'yes';
  const service = serviceOf(element);
  const usual = service + 'v1/submissions';
  if (options.endpoint) options.ownEndpoint = 'yes';
  else options.endpoint = usual;
  // Whoever takes complaints elsewhere, and names no service, has nothing that takes files.
  if (options.service || resolve(options.endpoint) === usual) options.uploads = service;
  const hadFocus = element.holdsFocus || focusIn(element);
  const name = nameOf(element.shadowRoot.activeElement);
  // A place outlives its widget, and the next one comes there: Yew keeps the root of an app for ever.
  if (!own.places.length) own.places.push(newPlace(own));
  const [place] = own.places;
  const { root } = place;
  fill(element, root);
  // Once it is drawn, which is still in this task.
  element.settle = () => {
    element.settle = null;
    const start = root.querySelector('[data-action=start]');
    const { wasStarted } = element;
    element.wasStarted = false;
    if (start && wasStarted) start.click();
    else if (hadFocus) focusOn((name && controls(root).find((it) => nameOf(it) === name)) || root.querySelector('[part=heading]'));
    element.holdsFocus = false;
  };
  element.engine = own;
  place.mount(element, options, isWhole);
  own.places.shift();
  element.widget = place;
  if (own.isWhole) goOn(element);
}

function newPlace(own) {
  const root = node('div');
  return Object.assign(new own.glue.Place(root), { root });
}

const focusIn = (element) => element.contains(element.getRootNode().activeElement);
const focusOn = (target) => target && target.focus({ preventScroll: true });
const controls = (root) => Array.from(root.querySelectorAll('a, button'));
// By which a control of the first screen and that of the widget are the same.
const nameOf = (it) => it && (it.getAttribute('href') || it.dataset.action);

// Puts one node into the element's shadow root, with the styles.
function fill(element, content) {
  const root = element.shadowRoot;
  // Those of the later screens come with the words.
  const texts = [HC_BUILD.css, (element.words || {}).styles].filter(Boolean);
  try {
    const now = Array.from(root.adoptedStyleSheets);
    const own = element.sheets || [];
    if (own.length < texts.length) {
      element.sheets = texts.map((text, at) => own[at] || sheetOf(text));
      root.adoptedStyleSheets = element.sheets.concat(now.slice(own.length));
    }
    root.replaceChildren(content);
  } catch (error) {
    // Before Safari 16.4.
    const style = node('style');
    style.textContent = texts.join('');
    while (root.firstChild) root.removeChild(root.firstChild);
    root.append(style, content);
  }
}

function sheetOf(css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}

function node(name, attributes = {}, children = []) {
  const it = document.createElement(name);
  Object.keys(attributes).forEach((key) => it.setAttribute(key, attributes[key]));
  it.append(...children);
  return it;
}

// --- The first screen --------------------------------------------------------------------------------

// A node that the build rendered: a text, or [name, attributes, ...children].
const make = (it, level) => {
  if (typeof it === 'string') return it;
  const [name, attributes, ...children] = it;
  const own = name.replace(/^h(\d)$/, (_, at) => 'h' + (level + Number(at) - 2));
  return node(own, attributes, children.map((child) => make(child, level)));
};

const levelOf = (element) => {
  const level = element.getAttribute('heading-level');
  return /^[1-5]$/.test(level) ? Number(level) : 2;
};

const first = (element) => make(element.words.first, levelOf(element));

function drawFirst(element) {
  const screen = first(element);
  const { messages } = element.words;
  const intent = element.getAttribute('start');
  const variant = (key, ...of) => of.map((it) => messages[key + '.' + it]).find(Boolean) || messages[key];
  const put = (selector, text) => { screen.querySelector(selector).textContent = text; };
  put('.title', variant('start.title', intent));
  put('.lead', variant('start.lead', intent, element.getAttribute('source')));
  const isKept = seemsKept(element);
  if (isKept) {
    put('.button', messages['action.start.resume']);
    const clear = node('button', { type: 'button', class: 'link', 'data-action': 'clear' }, [messages['start.clear']]);
    clear.addEventListener('click', () => { if (confirm(messages['confirm.clear'])) clearAll(element); });
    screen.querySelector('.button').after(node('p', {}, [clear]));
  }
  const status = node('p', { class: 'hidden', role: 'status' });
  const wait = () => {
    put('.button', messages['start.opening']);
    status.textContent = messages['start.opening'];
  };
  screen.append(status);
  if (element.wasStarted) wait();
  screen.querySelector('.button').addEventListener('click', () => {
    if (element.wasStarted) return;
    element.wasStarted = true;
    wait();
    if (element.tellFrame) element.tellFrame({ type: 'start' });
    const { turn } = element;
    setTimeout(() => {
      if (element.turn === turn && !element.widget && !element.tellFrame) fail(element, 'wasm_slow');
    }, PATIENCE);
  });
  const hadFocus = element.holdsFocus || focusIn(element);
  const box = node('div', { class: 'widget first' });
  fill(element, node('div', {}, [box]));
  const show = () => {
    box.append(screen);
    offerHide(element);
    if (hadFocus) focusOn(screen.querySelector('.title'));
  };
  // After a reload the resident is in the middle of something, and the widget is most likely here at once.
  if (isKept) setTimeout(show, 400);
  else show();
}

// As long as a slow connection may take, in milliseconds.
const PATIENCE = 60000;

// --- When it can't run -------------------------------------------------------------------------------

// The last resort: no WebAssembly, no framework, only nodes. The host's own words stay in the slot.
function fail(element, text) {
  warn(text);
  if (element.closeFrame) element.closeFrame();
  const kept = rescued(element);
  if (kept) hcKeep(element, JSON.stringify(kept));
  const { messages } = element.words;
  element.turn = {};
  element.widget = element.engine = null;
  const hadFocus = focusIn(element);
  const way = (name, key, press) => {
    const it = node('button', { type: 'button', class: 'button', part: 'button', 'data-action': name }, [messages[key]]);
    it.addEventListener('click', press);
    return it;
  };
  const screen = first(element);
  screen.classList.add('failed');
  screen.dataset.screen = 'failed';
  const [page, rights, more] = screen.children;
  const [title] = page.children;
  title.textContent = messages['failed.title'];
  const ways = [way('retry', 'action.retry', () => openAgain(element))];
  if (kept) {
    ways.push(
      way('download', 'action.download', () => hcDownload(messages['copy.file'] + '.txt', readable(messages, kept.draft.answers))),
      way('clear', 'start.clear', () => clearAll(element)),
    );
    ways[2].classList.add('quiet-button');
  }
  page.replaceChildren(
    title,
    node('p', { class: 'lead' }, [messages['failed.lead']]),
    ...channelsIn(element.landlordText),
    node('div', { class: 'ways' }, ways),
  );
  rights.querySelector('p').textContent = messages['rights.failed'];
  // The other ways first: they are what the resident needs now.
  rights.before(more);
  rights.after(node('p', { class: 'small' }, [messages['failed.detail'].replace('{detail}', () => text)]));
  fill(element, node('div', { class: 'widget' }, [screen]));
  offerHide(element);
  if (hadFocus) focusOn(title);
  hcTell(element, 'hc-error', { code: text.split(' ')[0] });
}

function openAgain(element) {
  element.close();
  element.holdsFocus = true;
  element.open();
}

// Carries on with a draft that is open in another tab.
function hcTake(element) {
  element.takes = true;
  element.kept = undefined;
  openAgain(element);
}

function clearAll(element) {
  hcKeep(element, '');
  mark('sessionStorage', element.instance);
  openAgain(element);
}

// The landlord's other channels (Code 3.1), as far as its file can be read.
function channelsIn(landlordText) {
  const way = ({ kind, value = '', note }) => {
    const href = kind === 'phone' ? 'tel:' + value.replace(/ /g, '')
      : kind === 'email' ? 'mailto:' + value
      : /^https?:/.test(value) && value;
    const shown = value && href ? node('a', { href }, [value]) : value;
    return node('p', {}, [shown, note].filter(Boolean).flatMap((it) => [it, ' ']));
  };
  try {
    return JSON.parse(landlordText).channels.map(way);
  } catch (error) {
    return [];
  }
}

const readable = (messages, answers) => Object.keys(answers).map((key) => {
  const title = messages['question.' + key + '.title'] || messages['field.' + key + '.label'] || key;
  return title + '\n' + answers[key].join(', ') + '\n';
}).join('\n');

// --- What the loader does for the widget --------------------------------------------------------------

function hcTell(element, name, detail) {
  if (name === 'hc-ready' && element.settle) element.settle();
  element.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
}

// `content` is a text, or a list of them.
function hcDownload(name, content) {
  const type = /html$/.test(name) ? 'text/html' : /ics$/.test(name) ? 'text/calendar' : 'text/plain';
  const url = URL.createObjectURL(new Blob([].concat(content), { type: type + ';charset=utf-8' }));
  node('a', { href: url, download: name }).click();
  // The browser reads the file after the click; a minute is ample.
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

// --- Helping the web team ------------------------------------------------------------------------------

// Every element may have these, and frameworks add theirs.
const GLOBAL = /^(aria-|data-|on|_|ng-|v-)|^(id|class|style|title|hidden|slot|part|exportparts|role|tabindex|accesskey|dir|translate|inert)$/;

function warnOfUnknown(element) {
  element.getAttributeNames().forEach((name) => {
    if (!ATTRIBUTES.includes(name) && !GLOBAL.test(name)) warnOf(name, nearest(name));
  });
}

const warnOf = (name, near) => warn('unknown attribute "' + name + '". Did you mean "' + near + '"?');

const nearest = (name) => ATTRIBUTES.slice().sort((a, b) => distance(name, a) - distance(name, b))[0];

// Levenshtein's distance, on one row.
function distance(a, b) {
  const row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0];
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j];
      row[j] = Math.min(row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] === b[j - 1] ? 0 : 1));
      diagonal = above;
    }
  }
  return row[b.length];
}

// --- The tag itself, and the call from a script ----------------------------------------------------------

function mount(target, options) {
  const element = document.createElement(TAG);
  const update = (changes) => Object.keys(changes || {}).forEach((key) => {
    set(element, key.replace(/[A-Z]/g, (letter) => '-' + letter.toLowerCase()), changes[key]);
  });
  update(options);
  (typeof target === 'string' ? document.querySelector(target) : target).append(element);
  return { update, unmount: () => element.remove() };
}

const whenRead = (then) => {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', then, { once: true });
  else then();
};

// One tag is enough: its data-* attributes go to an element that is there, or to a new one; and once the
// page is read, to one that stands further down.
let made;
let isPlaced = false;

function placeTag() {
  const empty = document.querySelector(TAG + ':not([landlord])');
  if (isPlaced && !(made && empty)) return;
  if (made) made.remove();
  isPlaced = true;
  made = empty ? null : document.createElement(TAG);
  const element = empty || made;
  Array.from(script.attributes).forEach((it) => {
    const name = it.name.replace(/^data-/, '');
    if (name === it.name) return;
    if (ATTRIBUTES.includes(name)) set(element, name, it.value);
    else warnOf(it.name, 'data-' + nearest(name));
  });
  if (!made) return;
  // Nothing is seen in the head, where some content systems put all scripts.
  if (document.head.contains(script)) document.body.append(element);
  else script.after(element);
}

if (script && script.dataset.landlord) {
  if (!document.head.contains(script)) placeTag();
  whenRead(placeTag);
}

if (HousingComplaint && window.customElements && !customElements.get(TAG)) {
  ATTRIBUTES.forEach((name, at) => {
    Object.defineProperty(HousingComplaint.prototype, PROPERTIES[at], {
      get() { return this.getAttribute(name); },
      set(value) { set(this, name, value); },
    });
  });
  guardWindow();
  listenForHide();
  customElements.define(TAG, HousingComplaint);
  try {
    window.HousingComplaint = { version: HC_BUILD.version, mount };
  } catch (error) { /* the page has frozen that name for itself; the element works all the same */ }
}
