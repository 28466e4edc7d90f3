// Scripts of other people's websites, each a function that runs in the page. They mean well.

const NAMES = ['click', 'mousedown', 'mouseup', 'pointerdown', 'touchstart', 'keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'change', 'submit'];

/** By name: what it does, and whether it runs after the form's own script; else it is there first. (A listener on the
 * window that captures and was there first is heard before the form's, and what it prevents is prevented.) */
export const SCRIPTS = {
  'prevents what every event does, on the document': {
    run: (names) => { for (const name of names) document.addEventListener(name, (event) => event.preventDefault(), true); },
  },
  'prevents what every event does, on the window': {
    after: true,
    run: (names) => { for (const name of names) window.addEventListener(name, (event) => event.preventDefault(), { capture: true, passive: false }); },
  },
  'stops every event on its way up': {
    run: (names) => { for (const name of names) document.addEventListener(name, (event) => { event.stopImmediatePropagation(); event.preventDefault(); }); },
  },
  'stops every event on its way down': {
    run: (names) => { for (const name of names) document.addEventListener(name, (event) => { event.stopImmediatePropagation(); event.preventDefault(); }, true); },
  },
  'answers false to every click and key, in old handlers': {
    run: () => {
      addEventListener('DOMContentLoaded', () => {
        for (const it of [document, document.documentElement, document.body]) {
          it.onclick = it.onmousedown = it.onkeydown = it.onkeypress = it.onsubmit = it.onselectstart = () => false;
        }
      });
    },
  },
  'has hotkeys for letters, unless somebody types in a box': {
    run: () => {
      document.addEventListener('keydown', (event) => {
        if (/^(input|textarea|select)$/i.test(event.target.tagName) || event.ctrlKey || event.key.length > 1) return;
        event.preventDefault();
        event.stopPropagation();
        document.querySelector('#host-box').focus();
      }, true);
    },
  },
  'scrolls by space and arrows, as a slide show does': {
    run: () => {
      document.addEventListener('keydown', (event) => {
        if (!/^(Arrow|Page| $|Enter|Spacebar)/.test(event.key)) return;
        event.preventDefault();
        window.scrollBy(0, 300);
      }, true);
    },
  },
  'keeps focus inside a dialog that is closed': {
    run: () => {
      for (const [on, name] of [[document, 'focusin'], [document, 'focus']]) {
        on.addEventListener(name, (event) => {
          if (!event.target.closest?.('#host-dialog')) document.querySelector('#host-box').focus();
        }, true);
      }
    },
  },
  'has globals of the same names': {
    run: () => {
      for (const name of ['HousingComplaint', 'wasm_bindgen', 'HC_BUILD', 'hcGlue', 'hcKeep', 'hcTell', 'mounted', 'engine', 'script', 'base', 'TAG', 'node', 'fill']) {
        Object.defineProperty(window, name, { value: Object.freeze({ own: true }), writable: false, configurable: false });
      }
    },
  },
  'declares the same names for all scripts': {
    declares: 'const wasm_bindgen = 1, HC_BUILD = 2, hcGlue = 3, HousingComplaint = 4, TAG = 5, mounted = 6; let engine; class Place {}',
  },
  'is Prototype.js': {
    run: () => {
      Array.prototype.toJSON = function () { return `[${this.map((it) => JSON.stringify(it)).join(', ')}]`; };
      Array.from = function (iterable) {
        if (!iterable) return [];
        const results = new Array(iterable.length || 0);
        for (let at = results.length; at--;) results[at] = iterable[at];
        return results;
      };
      Array.prototype.each = function (each) { for (let at = 0; at < this.length; at++) each(this[at], at); };
      Array.prototype.include = function (it) { return this.indexOf(it) >= 0; };
      String.prototype.toJSON = function () { return `"${this}"`; };
    },
  },
  'gives every object something more': {
    run: () => {
      Object.prototype.extra = () => 'extra';
      Object.prototype.toQuery = 'x';
      Function.prototype.later = () => {};
    },
  },
  'wraps what every site wraps': {
    run: () => {
      const { fetch } = window;
      window.fetch = function (...given) { return fetch.apply(this, given).then((it) => it.clone()); };
      const { pushState, replaceState } = history;
      history.pushState = function (state, title, ...rest) { return pushState.call(this, { ...state, router: 1 }, title, ...rest); };
      history.replaceState = function (state, title, ...rest) { return replaceState.call(this, { ...state, router: 1 }, title, ...rest); };
      const { addEventListener: add } = EventTarget.prototype;
      EventTarget.prototype.addEventListener = function (name, listener, options) {
        return add.call(this, name, typeof listener === 'function' ? function (event) { return listener.call(this, event); } : listener, options);
      };
      const { setItem } = Storage.prototype;
      Storage.prototype.setItem = function (key, value) { return setItem.call(this, key, String(value)); };
    },
  },
};

/** Puts a script into each page: before the form's script, or right after it. */
export async function withScript(page, { run, declares, after }) {
  if (declares) {
    await page.route('**/own.js', (route) => route.fulfill({ contentType: 'text/javascript', body: declares }));
  } else if (after) {
    await page.addInitScript(`addEventListener('DOMContentLoaded', () => customElements.whenDefined('housing-complaint').then(() => (${run})(${JSON.stringify(NAMES)})));`);
  } else {
    await page.addInitScript(`(${run})(${JSON.stringify(NAMES)})`);
  }
}
