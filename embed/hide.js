// Part of the script (see loader.js): *Hide this page*, for residents whom somebody must not see at it, and what
// keeps words out of the browser's own memory. It needs nothing of the widget, which may be busy, or have stopped.

const NEUTRAL = 'https://www.bbc.co.uk/weather';
const PRESSES = 3;
const WITHIN = 5000;

let isHidden = false;
let presses = [];

// Whether the resident can hide the page from here on; the widget says so after each drawing.
function hcHide(element, isOffered) {
  if (Boolean(element.hides) === isOffered) return;
  element.hides = isOffered;
  if (element.tellAround) element.tellAround({ type: 'hides', isOffered });
  if (!isOffered) {
    const around = element.shadowRoot.querySelector('.around-frame');
    if (around) around.remove();
    return;
  }
  speak(element, element.words.messages['hide.offered']);
  keepInSight();
}

// What is said to those who hear the page.
function voice(element) {
  const root = element.shadowRoot;
  let it = root.querySelector('.voice');
  if (!it) root.append(it = node('p', { class: 'voice hidden', role: 'status' }));
  return it;
}

function speak(element, text) {
  // Screen readers hear of what comes into a place that they know already.
  voice(element);
  setTimeout(() => { voice(element).textContent = text; }, 100);
}

// Where there is no widget to draw the button: before it comes, after it has stopped, and around a frame.
function offerHide(element) {
  let kept = {};
  try { kept = JSON.parse(element.kept.text); } catch (error) { /* nothing was kept yet */ }
  if (!element.hides && !kept.hides) return;
  hcHide(element, true);
  const root = element.shadowRoot;
  if (root.querySelector('[data-action=hide]')) return;
  const { messages } = element.words;
  const bar = node('div', { class: 'hide' }, [
    node('button', { type: 'button', class: 'button', part: 'button', 'data-action': 'hide' }, [messages['hide.button']]),
    node('p', { class: 'small' }, [messages['hide.keys']]),
  ]);
  const screen = root.querySelector('[data-screen]');
  if (screen && !element.tellFrame) screen.prepend(bar);
  else if (element.tellFrame) root.prepend(node('div', { class: 'widget around-frame' }, [bar]));
}

// --- Presses ------------------------------------------------------------------------------------------

function listenForHide() {
  addEventListener('click', (event) => {
    const it = ours(event);
    if (it && it.target.closest && it.target.closest('[data-action=hide]')) hide();
  }, true);

  addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || event.repeat || event.isComposing) return;
    const offering = Array.from(mounted).filter((it) => it.hides);
    if (!offering.length) return;
    const open = dialogs();
    const isOurs = Boolean(ours(event));
    if (isOurs && !open.length) {
      count(offering);
      return;
    }
    // A dialog or a menu of the page may be what it is meant for.
    setTimeout(() => {
      const isUsed = (!isOurs && event.defaultPrevented) || dialogs().length !== open.length;
      const isBehind = open.some((dialog) => !offering.some((it) => dialog.contains(it)));
      if (!isUsed && !isBehind) count(offering);
    }, 50);
  }, true);

  // A browser keeps what was typed into a line, to offer it to whoever types there next, unless it is told not
  // to. Until somebody types it may offer what it knows, and tools that read the purpose of a box find it.
  addEventListener('input', (event) => {
    const it = ours(event);
    if (it && it.target.localName === 'input') it.target.autocomplete = 'off';
  }, true);

  // The browser may bring the page back as it was left.
  addEventListener('pageshow', (event) => { if (event.persisted && isHidden) leave(); });
  addEventListener('scroll', () => requestAnimationFrame(keepInSight), { passive: true });
}

function dialogs() {
  let found;
  try {
    found = document.querySelectorAll('dialog:modal, [aria-modal=true]');
  } catch (error) {
    // Before Safari 15.6.
    found = document.querySelectorAll('dialog[open], [aria-modal=true]');
  }
  return Array.from(found).filter((it) => it.getClientRects().length);
}

function count(offering) {
  const now = Date.now();
  presses = presses.filter((it) => now - it < WITHIN && it <= now).concat(now);
  if (presses.length >= PRESSES) {
    hide();
    return;
  }
  const { length } = presses;
  offering.forEach((element) => {
    const { messages } = element.words;
    speak(element, length === 1 ? messages['hide.pressed.once'] : messages['hide.pressed.twice']);
  });
}

// --- Hiding -------------------------------------------------------------------------------------------

function hide() {
  if (isHidden) return;
  isHidden = true;
  // First what can be seen.
  document.documentElement.style.setProperty('display', 'none', 'important');
  document.title = '\u200b';
  // No question of whether to leave.
  addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true);
  const cleared = Array.from(mounted, (element) => {
    if (element.engine) stop(element.engine);
    if (element.tellAround) element.tellAround({ type: 'hide' });
    // A frame has to live until it has cleared what it keeps.
    Array.from(element.shadowRoot.childNodes).forEach((it) => { if (it.localName !== 'iframe') it.remove(); });
    try {
      return element.tellFrame ? clearFrame(element) : forget(element);
    } catch (error) {
      return undefined;
    }
  });
  Promise.race([Promise.all(cleared), new Promise((late) => { setTimeout(late, 250); })]).then(leave, leave);
}

const clearFrame = (element) => new Promise((done) => {
  element.frameIsHidden = done;
  element.tellFrame({ type: 'hide' });
});

// The page around a frame leaves for it.
function leave() {
  const framed = Array.from(mounted).find((it) => it.tellAround);
  if (framed) {
    framed.tellAround({ type: 'hidden' });
    return;
  }
  try {
    if (top !== window) top.location.replace(NEUTRAL);
  } catch (error) { /* that page is not ours to move */ }
  location.replace(NEUTRAL);
}

// Drops the draft of this element, and all keys of this tab: at once what opens the drafts, a moment later what
// cannot be opened any more.
function forget(element) {
  const { draft, instance } = element;
  element.kept = { instance, text: '' };
  element.draft = undefined;
  const ids = Object.keys(keysOfTab());
  if (draft) {
    ids.push(draft.id);
    if (draft.until) mark('localStorage', instance);
    // What is being written just now is written without its key.
    Object.assign(draft, { until: 0, text: '' });
  }
  clearTab();
  const drop = () => Promise.all(ids.map((id) => remove(id).catch(noop)));
  // What was about to be written comes before the second time.
  inTurn(clearTab);
  inTurn(drop);
  return drop();
}

function clearTab() {
  if (/^hc:/.test(window.name)) window.name = '';
  try {
    Object.keys(sessionStorage).filter((it) => it.indexOf(TAG) === 0).forEach((it) => sessionStorage.removeItem(it));
  } catch (error) { /* it is blocked, and holds nothing */ }
}

// --- In sight -----------------------------------------------------------------------------------------

// Below whatever the page has pinned over the top of the window.
function keepInSight() {
  mounted.forEach((element) => {
    const bar = element.hides && element.shadowRoot.querySelector('.hide');
    if (!bar) return;
    const { left, right, top: from, bottom } = bar.getBoundingClientRect();
    const hit = element.getRootNode().elementFromPoint((left + right) / 2, (from + bottom) / 2);
    if (!hit || hit === element || element.contains(hit) || hit.contains(element)) return;
    const lower = hit.getBoundingClientRect().bottom;
    if (lower < innerHeight / 2) bar.style.setProperty('inset-block-start', lower + 'px');
  });
}
