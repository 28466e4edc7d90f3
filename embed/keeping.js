// Part of the script (see loader.js): what a resident typed and attached, kept through a reload or a crash,
// and from anybody who uses the device later.
//
// All of it lies in IndexedDB, encrypted under a key of its draft. Where the key is decides who can open it.
// *This tab only*: in the tab, by its name where the device has a mouse (that is written nowhere), else in
// its sessionStorage (which survives what phones do to tabs). *This device*: beside the draft, for 30 days.
// Without its key a draft is noise, and swept after a week (decision 0015).
//
// What must stay true: the mark in sessionStorage goes only with its draft; chunks go only when a file is taken
// away, when all is deleted, or by the sweep; nothing makes a draft for an element that is off the page; a
// write that fails leaves what was there, and is tried again.

const TAG = 'housing-complaint';
const DAY = 86400000;
const CHUNK = 131072;
const DRAFTS = 'drafts';
const CHUNKS = 'chunks';
const RING = TAG + ':keys';

// --- The store ----------------------------------------------------------------------------------------

let store;

const asked = (request) => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = request.onblocked = () => reject(request.error);
});

function openStore() {
  if (!store) {
    const request = indexedDB.open(TAG, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(DRAFTS);
      request.result.createObjectStore(CHUNKS);
    };
    // One that never answers is as good as none.
    const late = new Promise((_, reject) => { setTimeout(reject, 5000); });
    store = Promise.race([asked(request), late]).then((it) => {
      // The site's data may be cleared while the page is open.
      it.onclose = it.onversionchange = () => { it.close(); store = undefined; };
      return it;
    });
    store.catch(() => { store = undefined; });
  }
  return store;
}

// One operation on one of the two lists. What was written is there when this is done.
async function at(list, mode, operation) {
  let transaction;
  try {
    transaction = (await openStore()).transaction(list, mode);
  } catch (error) {
    // Some browsers let go of the store while a page is in the background.
    store = undefined;
    transaction = (await openStore()).transaction(list, mode);
  }
  const request = operation(transaction.objectStore(list));
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  return request.result;
}

const partsOf = (...path) => IDBKeyRange.bound(path, [...path, []]);

// Gives memory back at once, where the browser can: large files would fill it faster than it is cleaned.
const hcLetGo = (buffer) => buffer.transfer && buffer.transfer(0);

// One thing after the other: a draft is read after it was written, and written in order.
let queue = Promise.resolve();

const inTurn = (task) => (queue = queue.then(task, task));

// --- Keys ---------------------------------------------------------------------------------------------

const isNamed = () => window === window.top && /^(hc:|$)/.test(window.name) && matchMedia('(pointer: fine)').matches;

function keysOfTab() {
  const read = (text) => { try { return JSON.parse(text) || {}; } catch (error) { return {}; } };
  let stored;
  try { stored = sessionStorage.getItem(RING); } catch (error) { /* it is blocked */ }
  return { ...read(stored), ...read(/^hc:/.test(window.name) ? window.name.slice(3) : '') };
}

function giveToTab(id, key) {
  const keys = keysOfTab();
  if (key) keys[id] = key;
  else delete keys[id];
  const text = Object.keys(keys).length ? JSON.stringify(keys) : '';
  const inName = isNamed();
  if (inName || /^hc:/.test(window.name)) window.name = text && inName ? 'hc:' + text : '';
  if (text && !inName) sessionStorage.setItem(RING, text);
  else sessionStorage.removeItem(RING);
}

const textOf = (bytes) => btoa(String.fromCharCode(...bytes));
const bytesOf = (text) => Uint8Array.from(atob(text), (it) => it.charCodeAt(0));

// Where a page is not served securely, browsers encrypt nothing, and neither do we.
const { subtle } = window.crypto || {};

const useKey = (text) => subtle && subtle.importKey('raw', bytesOf(text), 'AES-GCM', false, ['encrypt', 'decrypt']);

async function seal(key, bytes) {
  if (!subtle) return { bytes };
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { iv, bytes: await subtle.encrypt({ name: 'AES-GCM', iv }, key, bytes) };
}

async function unseal(key, { iv, bytes }) {
  if (!iv) return new Uint8Array(bytes);
  const opened = await subtle.decrypt({ name: 'AES-GCM', iv }, key, bytes);
  hcLetGo(bytes);
  return new Uint8Array(opened);
}

// --- Drafts -------------------------------------------------------------------------------------------

const isOff = (element) => element.getAttribute('drafts') === 'off';
const marker = (area, instance) => { try { return window[area].getItem(instance); } catch (error) { return null; } };

function mark(area, instance, value) {
  try {
    if (value) window[area].setItem(instance, value);
    else window[area].removeItem(instance);
  } catch (error) { /* nothing can be marked there */ }
}

// Whether there seems to be a draft, said at once.
function seemsKept(element) {
  const { kept, instance } = element;
  if (kept && kept.instance === instance) return Boolean(kept.text);
  return !isOff(element) && Boolean(marker('sessionStorage', instance) || marker('localStorage', instance));
}

// What was kept of this element, or nothing. It stays in `element.kept`.
function recall(element) {
  const { instance } = element;
  const isHere = () => element.kept && element.kept.instance === instance;
  return inTurn(async () => {
    if (!isHere()) {
      element.kept = undefined;
      element.draft = undefined;
      element.isElsewhere = false;
      const text = isOff(element) ? '' : await find(element, instance).catch(() => find(element, instance)).catch(() => '');
      if (!isHere() && element.instance === instance) element.kept = { instance, text };
    }
    return element.instance === instance ? element.kept.text : '';
  });
}

async function find(element, instance) {
  sweep();
  const id = marker('sessionStorage', instance);
  // The first version kept it there as it was.
  if (/^\{/.test(id)) return id;
  let [draft, row] = await ofTab(id);
  if (!draft) [draft, row] = await ofDevice(instance);
  if (!draft) return '';
  if (!await hold(element, draft)) {
    element.isElsewhere = true;
    return '';
  }
  try {
    // Between the two, the other tab may have written.
    row = await at(DRAFTS, 'readonly', (list) => list.get(draft.id));
    const text = row && row.text ? new TextDecoder().decode(await unseal(draft.key, row.text)) : '';
    element.draft = draft;
    return text;
  } catch (error) {
    if (draft.release) draft.release();
    throw error;
  }
}

async function ofTab(id) {
  const text = id && keysOfTab()[id];
  const row = text && await at(DRAFTS, 'readonly', (list) => list.get(id));
  return row && !(row.until < Date.now()) ? [{ id, text, key: await useKey(text), until: row.until }, row] : [];
}

async function ofDevice(instance) {
  if (!(await indexed())) return [];
  const keys = await at(DRAFTS, 'readonly', (list) => list.getAllKeys());
  const rows = await at(DRAFTS, 'readonly', (list) => list.getAll());
  const index = rows.findIndex((it) => it.key && it.instance === instance && it.until > Date.now());
  if (index < 0) return [];
  const row = rows[index];
  return [{ id: keys[index], text: row.key, key: await useKey(row.key), until: row.until }, row];
}

// Whether the store was ever made on this site: looking must not make it.
async function indexed() {
  if (store || !indexedDB.databases) return true;
  return (await indexedDB.databases()).some((it) => it.name === TAG);
}

// Keeps others off this draft while it is open here. A page that is on its way out lets go of it late.
function hold(element, draft) {
  if (!navigator.locks) return true;
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), 1500);
  const options = element.takes ? { steal: true } : { signal: patience.signal };
  element.takes = false;
  return new Promise((done) => {
    navigator.locks.request(TAG + ':' + draft.id, options, () => {
      clearTimeout(timer);
      done(true);
      return new Promise((release) => { draft.release = release; });
    }).catch(() => {
      done(false);
      // Somebody carries on in another tab: what is here is older from now on.
      if (element.draft === draft && draft.release) {
        element.kept = element.draft = undefined;
        openAgain(element);
      }
    });
  });
}

// Lets other elements and tabs have the draft.
function letGo(element) {
  inTurn(async () => {
    // The page has turned keeping off: from now on there is only memory.
    if (isOff(element)) {
      await erase(element).catch(noop);
      return;
    }
    const { draft } = element;
    // What could not be written is in memory alone, and its files are where its draft says.
    if (draft && element.isSafe === false) return;
    element.draft = undefined;
    if (draft) element.kept = undefined;
    if (draft && draft.release) draft.release();
  });
}

// The draft of this element, which is made when there is first something to keep.
async function ensureDraft(element) {
  if (!element.draft) {
    const id = crypto.randomUUID ? crypto.randomUUID() : textOf(crypto.getRandomValues(new Uint8Array(16)));
    const text = textOf(crypto.getRandomValues(new Uint8Array(32)));
    const draft = { id, text, key: await useKey(text) };
    // Where these can't be written, a reload would not find it.
    giveToTab(id, text);
    sessionStorage.setItem(element.instance, id);
    // Nobody else knows of it yet.
    await hold(element, draft);
    element.draft = draft;
  }
  return element.draft;
}

// Keeps the state of a widget: always in memory, and, where that is wanted and works, so that a reload finds
// it. Promises to say whether it would.
function hcKeep(element, text) {
  const { instance } = element;
  const kept = (element.kept = { instance, text });
  if (isOff(element)) return Promise.resolve(!text);
  return inTurn(async () => {
    // Of many changes at once, the last is enough.
    if (element.kept !== kept) return element.isSafe !== false;
    try {
      if (text) await write(element, new TextEncoder().encode(text));
      else await erase(element);
      element.isSafe = true;
    } catch (error) {
      // What was kept before stays; a moment later it may work.
      element.isSafe = false;
      setTimeout(() => { if (element.kept === kept && mounted.has(element)) hcKeep(element, text); }, 3000);
    }
    return element.isSafe;
  });
}

async function write(element, bytes) {
  const draft = await ensureDraft(element);
  const { instance } = element;
  if (draft.until) draft.until = Date.now() + 30 * DAY;
  const row = { instance, touched: Date.now(), text: await seal(draft.key, bytes) };
  if (draft.until) Object.assign(row, { key: draft.text, until: draft.until });
  await at(DRAFTS, 'readwrite', (list) => list.put(row, draft.id));
}

async function erase(element) {
  const { draft, instance } = element;
  // What could not be read, or is open elsewhere, may be found another time.
  if (draft || /^\{/.test(marker('sessionStorage', instance))) mark('sessionStorage', instance);
  if (!draft) return;
  if (draft.until) mark('localStorage', instance);
  await remove(draft.id);
  element.draft = undefined;
  giveToTab(draft.id);
  if (draft.release) draft.release();
}

async function remove(id) {
  // First the answers, and a key that lies beside them.
  await at(DRAFTS, 'readwrite', (list) => list.delete(id));
  await at(CHUNKS, 'readwrite', (list) => list.delete(partsOf(id)));
}

// Drops what nobody comes back for: after 30 days on a device, after a week in a tab.
let isSwept;

async function sweep() {
  if (isSwept) return;
  isSwept = true;
  try {
    if (!(await indexed())) return;
    const keys = await at(DRAFTS, 'readonly', (list) => list.getAllKeys());
    const rows = await at(DRAFTS, 'readonly', (list) => list.getAll());
    // Tabs live long on a phone.
    const open = navigator.locks ? (await navigator.locks.query()).held.map((it) => it.name) : [];
    const own = keysOfTab();
    rows.forEach((row, index) => {
      if ((own[keys[index]] && !row.until) || open.includes(TAG + ':' + keys[index])) return;
      if ((row.until || row.touched + 7 * DAY) < Date.now()) remove(keys[index]).catch(noop);
    });
    // Files whose answers are gone.
    const chunks = await at(CHUNKS, 'readonly', (list) => list.getAllKeys());
    new Set(chunks.map(([id]) => id)).forEach((id) => {
      const isKnown = keys.includes(id) || own[id] || open.includes(TAG + ':' + id);
      if (!isKnown && navigator.locks) remove(id).catch(noop);
    });
  } catch (error) { /* nothing can be swept */ }
}

// Keeps the draft of this element on the device, or no longer. Promises the day on which it ends, in
// milliseconds; 0 where it is in the tab only, and -1 where the device keeps another already, or can't.
function hcKeepOnDevice(element, isWanted) {
  return inTurn(async () => {
    if (!mounted.has(element)) return -1;
    const draft = await ensureDraft(element);
    const { instance } = element;
    const before = draft.until;
    const [other] = isWanted ? await ofDevice(instance) : [];
    if (other && other.id !== draft.id) return -1;
    draft.until = isWanted ? Date.now() + 30 * DAY : 0;
    mark('localStorage', instance, isWanted && '1');
    if (!isWanted) {
      mark('sessionStorage', instance, draft.id);
      giveToTab(draft.id, draft.text);
    }
    try {
      await write(element, new TextEncoder().encode(element.kept.text));
    } catch (error) {
      draft.until = before;
      mark('localStorage', instance, before && '1');
      throw error;
    }
    return draft.until;
  }).catch(() => -1);
}

// The day on which a draft on the device ends, in milliseconds; 0 where it is not kept there.
const hcKeptUntil = (element) => (element.draft && element.draft.until) || 0;

// --- Attachments --------------------------------------------------------------------------------------

// Those that could not be stored: they last as long as the page.
const held = new Map();

// Stores a chunk of an attachment. Promises whether a reload would find it; breaks the promise where what came
// before is gone.
async function hcPut(element, file, index, bytes) {
  // A form that was taken off the page has let go of its draft.
  if (!mounted.has(element)) throw TAG;
  const isStored = !held.has(file) && !isOff(element) && await inTurn(async () => {
    const { id, key } = await ensureDraft(element);
    const sealed = await seal(key, bytes);
    await at(CHUNKS, 'readwrite', (list) => list.put(sealed, [id, file, index]));
    if (sealed.iv) hcLetGo(sealed.bytes);
    hcLetGo(bytes.buffer);
  }).then(() => true, () => false);
  if (isStored) return true;
  if (!held.has(file)) {
    const before = [];
    for (let nth = 0; nth < index; nth++) before.push(await hcChunk(element, file, nth));
    await hcDetach(element, file);
    if (before.includes(undefined)) throw TAG;
    held.set(file, new Blob(before));
  }
  held.set(file, new Blob([held.get(file), bytes]));
  return false;
}

function hcDetach(element, file) {
  held.delete(file);
  return inTurn(async () => {
    const { draft } = element;
    if (draft) await at(CHUNKS, 'readwrite', (list) => list.delete(partsOf(draft.id, file)));
  }).catch(noop);
}

// The bytes of a chunk of an attachment; nothing where it is gone.
async function hcChunk(element, file, index) {
  const blob = held.get(file);
  if (blob) return new Uint8Array(await blob.slice(index * CHUNK, (index + 1) * CHUNK).arrayBuffer());
  const { draft } = element;
  const sealed = draft && await at(CHUNKS, 'readonly', (list) => list.get([draft.id, file, index])).catch(noop);
  return sealed ? unseal(draft.key, sealed) : undefined;
}

// --- Which draft, and what to rescue ---------------------------------------------------------------------

// The name of this element's draft: two elements for the same landlord keep theirs apart, and so does a
// link to one thing (`start`).
function instanceOf(element, landlord) {
  const first = [TAG, element.id, landlord, element.getAttribute('start') || ''].join(':');
  const taken = Array.from(mounted, (it) => it !== element && it.instance);
  const own = element.instance;
  const isOwn = own && own.indexOf(first) === 0 && /^(:\d+)?$/.test(own.slice(first.length));
  if (isOwn && !taken.includes(own)) return own;
  let free = first;
  for (let at = 2; taken.includes(free); at++) free = first + ':' + at;
  return free;
}

// After a trap: what was kept, with what stands on the page, which may be a letter more.
function rescued(element) {
  let kept = {};
  try { kept = JSON.parse(element.kept.text); } catch (error) { /* nothing was kept yet */ }
  const draft = kept.draft || (kept.draft = {});
  const answers = draft.answers || (draft.answers = {});
  const fields = {};
  element.shadowRoot.querySelectorAll('input[name], textarea[name]').forEach((it) => {
    const values = fields[it.name] || (fields[it.name] = []);
    if (it.value && (it.checked || !/radio|checkbox/.test(it.type))) values.push(it.value);
  });
  Object.keys(fields).forEach((name) => {
    if (fields[name].length) answers[name] = fields[name];
    else delete answers[name];
  });
  return Object.keys(answers).length ? kept : undefined;
}
