// Part of the script (see loader.js): the widget among whatever else is on the page.

// The element in whose shadow root an event began, if it is one of ours.
const ours = (event) => {
  const [target] = event.composedPath();
  const { host } = (target.getRootNode && target.getRootNode()) || {};
  return mounted.has(host) && { host, target };
};

let isPointerDown = false;
// A press may become a click a moment after the pointer is up.
let isPressed = false;

// Scripts of the page can neither undo what a resident does in the form, nor take the keys that they
// type or the focus. They still hear of it, but for letters typed into a box and for focus.
function guardWindow() {
  const on = (names, listener) => names.forEach((name) => addEventListener(name, listener, true));
  on(EVENTS, (event) => {
    const it = ours(event);
    if (!it) return;
    const isLetter = event.key && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (isLetter && /^(input|textarea)$/.test(it.target.localName)) event.stopImmediatePropagation();
    event.stopPropagation = event.stopImmediatePropagation = noop;
    loosen(event);
  });
  on(['focus', 'focusin'], (event) => {
    const it = ours(event);
    if (!it) return;
    event.stopImmediatePropagation();
    if (event.type === 'focusin') reveal(it);
  });
  on(['pointerdown'], () => { isPointerDown = isPressed = true; });
  on(['pointerup', 'pointercancel'], () => {
    isPointerDown = false;
    setTimeout(() => { isPressed = isPointerDown; }, 100);
  });
  const repaint = () => mounted.forEach((element) => colour(element));
  ['(prefers-color-scheme: dark)', '(forced-colors: active)'].forEach((it) => {
    matchMedia(it).addEventListener('change', repaint);
  });
  addEventListener('load', repaint);
}

const focused = () => {
  let at = document.activeElement;
  while (at && at.shadowRoot && at.shadowRoot.activeElement) at = at.shadowRoot.activeElement;
  return at;
};

// Takes its sting from `preventDefault`. But a dialog of the page may keep Tab inside: then it has moved the
// focus itself.
function loosen(event) {
  event.preventDefault = noop;
  if (event.key !== 'Tab') return;
  const before = focused();
  const settle = () => { if (focused() !== before) Event.prototype.preventDefault.call(event); };
  event.preventDefault = () => { Promise.resolve().then(settle); };
}

const HINDRANCES = ['preventDefault', 'stopPropagation', 'stopImmediatePropagation'];
const EVENTS = ['click', 'mousedown', 'mouseup', 'pointerdown', 'touchstart', 'touchend', 'keydown', 'keypress', 'keyup', 'beforeinput', 'input'];

// Inside the shadow root the widget's own listeners may prevent what they like. Where something above it
// has an old handler (`onmousedown`), which prevents by what it returns, nothing above hears of the event.
function protect(root) {
  const hasOldHandler = (event) => {
    const path = event.composedPath();
    return path.slice(path.indexOf(root.host)).some((it) => it['on' + event.type]);
  };
  // What was pressed may be gone once the widget has heard of it.
  const began = new WeakSet();
  EVENTS.forEach((name) => {
    root.addEventListener(name, (event) => {
      if (ours(event)) began.add(event);
      HINDRANCES.forEach((it) => { delete event[it]; });
    }, { capture: true, passive: true });
    root.addEventListener(name, (event) => {
      if (!began.has(event)) return;
      loosen(event);
      if (hasOldHandler(event)) event.stopPropagation();
    }, { passive: true });
  });
  // From one control to the next, of which `window` does not hear.
  root.addEventListener('focusin', (event) => {
    const it = ours(event);
    if (it) reveal(it);
  });
}

// What a pointer has just pressed must not move away under it.
const reveal = ({ host, target }) => {
  if (!isPointerDown) requestAnimationFrame(() => show(host, target));
};

// Brings what has focus into view: a heading with the top of the widget, a field with its label, as far as
// there is room for both; then what has focus itself, as large as it is drawn.
function show(element, target) {
  if (!target.isConnected) return;
  const drawn = target.closest('.option') || target;
  // In whatever scrolls around it; then in the window, clear of what is pinned there.
  drawn.scrollIntoView({ block: 'nearest', behavior: 'instant' });
  const from = target.closest(target.matches('[part=heading]') ? '.widget' : '.field') || drawn;
  const { left, right, bottom } = drawn.getBoundingClientRect();
  const { top } = from.getBoundingClientRect();
  if (bottom - top < innerHeight / 2) uncover(element, { left, right, top, bottom });
  uncover(element, drawn.getBoundingClientRect());
}

// Scrolls until nothing that the page has pinned lies over this box (WCAG 2.4.11).
function uncover(element, { left, right, top, bottom }) {
  // In a frame, the page around it has to do it.
  if (element.uncover) return element.uncover({ top, bottom });
  const GAP = 12;
  const move = (by) => {
    const before = element.getBoundingClientRect().top;
    scrollBy({ top: by, behavior: 'instant' });
    const moved = element.getBoundingClientRect().top - before;
    top += moved;
    bottom += moved;
  };
  // Looks at five points across, every 24 pixels down: a round button slips between fewer.
  const pinned = () => {
    const rows = Math.ceil((bottom - top) / 24);
    for (let row = 0; row <= rows; row++) {
      for (let column = 0; column <= 4; column++) {
        const [x, y] = [left + 2 + ((right - left - 4) * column) / 4, top + 2 + ((bottom - top - 4) * row) / rows];
        const hit = element.getRootNode().elementFromPoint(x, y);
        if (hit && hit !== element && !element.contains(hit) && !hit.contains(element)) return hit.getBoundingClientRect();
      }
    }
    return undefined;
  };
  if (bottom > innerHeight) move(bottom - innerHeight + GAP);
  if (top < 0) move(top - GAP);
  for (let tries = 0; tries < 5; tries++) {
    const it = pinned();
    if (!it) return;
    // From what is pinned below, upwards; from what is pinned above, downwards; from what covers all, nowhere.
    if (it.top + it.bottom > innerHeight) {
      if (it.top > 0) move(bottom - it.top + GAP);
    } else if (it.bottom < innerHeight) {
      move(top - it.bottom - GAP);
    }
  }
}
