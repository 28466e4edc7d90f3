// The tag builder: each choice goes to the form on this page at once, and into the tag to copy.

const element = document.querySelector('housing-complaint');
const builder = document.getElementById('builder');
const form = builder.querySelector('form');
const find = (selector) => form.querySelector(selector);
const all = (selector) => [...form.querySelectorAll(selector)];
const out = (name) => find(`[data-out="${name}"]`);

/** In the order in which they stand in the tag. */
const ATTRIBUTES = ['landlord', 'lang', 'start', 'source', 'drafts', 'heading-level', 'mode', 'history', 'theme'];
const field = (name) => find(`[data-attribute="${name}"]`);
const fileOf = (id) => `/landlords/${encodeURIComponent(id)}.json`;

// --- This version of the form ------------------------------------------------------------------------

await customElements.whenDefined('housing-complaint');
const { version } = window.HousingComplaint;

/** The hashes of this version's files; without them only the moving address can be offered. */
const integrity = await fetch(`/housing-complaint/${version}/integrity.json`)
  .then((answer) => (answer.ok ? answer.json() : null), () => null);

function offerLanguages() {
  const languages = Object.keys(integrity ?? {}).flatMap((name) => name.match(/^locales\/([\w-]+)\./)?.[1] ?? []);
  const nameOf = new Intl.DisplayNames('en-GB', { type: 'language' });
  field('lang').append(...languages.map((tag) => new Option(nameOf.of(tag), tag)));
}

// --- The tag -----------------------------------------------------------------------------------------

/** The address of the service, without a slash at its end. */
const service = () => find('[data-service]').value.trim().replace(/\/+$/, '') || location.origin;
const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** What was chosen, where it is not what happens anyway. */
function chosen() {
  const values = ATTRIBUTES.map((name) => [name, field(name).value.trim()]);
  values[0][1] = service() + fileOf(field('landlord').value);
  return values.filter(([, value]) => value);
}

function script() {
  const isFixed = integrity && find('[data-version]').value === 'fixed';
  const src = `src="${escape(service())}/housing-complaint/${isFixed ? version : 'v1'}/housing-complaint.js"`;
  return isFixed ? [src, `integrity="${integrity['housing-complaint.js']}"`, 'crossorigin="anonymous"'] : [src];
}

function tag() {
  const lines = (start, parts, end) => `${[start, ...parts].join('\n  ')}${end}`;
  if (find('[data-shape]').value === 'one') {
    const data = chosen().map(([name, value]) => `data-${name}="${escape(value)}"`);
    return lines('<script', [...script(), ...data], ' async></script>');
  }
  const attributes = chosen().map(([name, value]) => `${name}="${escape(value)}"`);
  return [
    lines('<housing-complaint', attributes, '>'),
    '  <p>Your telephone number, your address, and other ways to complain.</p>',
    '</housing-complaint>',
    lines('<script', script(), ' async></script>'),
  ].join('\n');
}

function policy() {
  const isFrame = field('mode').value === 'frame';
  const lines = [`script-src ${service()}${isFrame ? '' : " 'wasm-unsafe-eval'"}`, `connect-src ${service()}`];
  if (isFrame) lines.push(`frame-src ${service()}`);
  return `${lines.join(';\n')};`;
}

function style() {
  const rules = colours().map(([name, value]) => `  --hc-color-${name}: ${value};`);
  return rules.length ? `housing-complaint {\n${rules.join('\n')}\n}` : '';
}

/** The same for a landlord's file, which knows colours of one shape and none for text on brand. */
function colors() {
  const six = colours().filter(([name]) => name !== 'on-brand');
  const isPlain = six.length && six.every(([, value]) => /^#[0-9a-f]{6}$/i.test(value));
  return isPlain ? `"colors": ${JSON.stringify(Object.fromEntries(six), null, 2)}` : '';
}

function write() {
  for (const [name, text] of Object.entries({ tag: tag(), style: style(), colors: colors(), policy: policy() })) {
    out(name).textContent = text;
    out(name).closest('figure').hidden = !text;
  }
  find('[data-status]').textContent = '';
}

// --- The form on this page -----------------------------------------------------------------------------

function attribute(name) {
  if (name === 'theme') return colour();
  const { value } = field(name);
  if (name === 'landlord') {
    element.setAttribute(name, fileOf(value));
    document.dispatchEvent(new Event('sample-landlord'));
  } else if (value.trim()) element.setAttribute(name, value.trim());
  else element.removeAttribute(name);
}

const boxes = () => all('[data-colour]');
const isColour = (text) => CSS.supports('color', text) && !/[;{}<]|var\(/.test(text);

/** The colours that were chosen, by name. */
function colours() {
  return boxes().map((box) => [box.dataset.colour, box.value.trim()]).filter(([, value]) => value && isColour(value));
}

/** Gives the form its colours. */
function colour() {
  const own = Object.fromEntries(colours());
  for (const box of boxes()) {
    const { colour: name } = box.dataset;
    const value = box.value.trim();
    box.setAttribute('aria-invalid', String(Boolean(value) && !isColour(value)));
    if (own[name]) element.style.setProperty(`--hc-color-${name}`, own[name]);
    else element.style.removeProperty(`--hc-color-${name}`);
  }
  // As the form does by itself where a page has colours: they are meant for one of the two. It looks at
  // all colours again when it is told, whatever it is told.
  const theme = field('theme').value || (Object.keys(own).length ? 'light' : '');
  if (theme) element.setAttribute('theme', theme);
  else element.removeAttribute('theme');
  showColours();
}

/** Beside each box the colour that the form shows, and below them which it does not use as they are. */
function showColours() {
  const inside = element.shadowRoot.querySelector('.widget');
  const notes = [];
  for (const box of boxes()) {
    const wanted = box.value.trim();
    if (wanted && !isColour(wanted)) notes.push(`${wanted} is no colour that a browser knows. One looks like #0a5a53.`);
    const shown = inside && getComputedStyle(inside).getPropertyValue(`--${box.dataset.colour}`).trim();
    if (!shown) continue;
    // Not under the hand of somebody who is picking one.
    if (box.nextElementSibling !== document.activeElement) box.nextElementSibling.value = hex(shown);
    if (wanted && isColour(wanted) && hex(wanted) !== hex(shown)) {
      notes.push(`${box.labels[0].textContent}: ${wanted} is hard to read here, so the form shows ${hex(shown)}.`);
    }
  }
  find('[data-notes]').replaceChildren(...notes.map((text) => {
    const it = document.createElement('li');
    it.textContent = text;
    return it;
  }));
}

const pixel = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });

/** Any colour, as `#0a5a53`. */
function hex(colour) {
  pixel.fillStyle = colour;
  pixel.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pixel.getImageData(0, 0, 1, 1).data;
  return `#${[red, green, blue].map((it) => it.toString(16).padStart(2, '0')).join('')}`;
}

/** A frame is told of its looks when it opens. */
function reopenFrame() {
  const mode = element.getAttribute('mode');
  if (mode !== 'frame') return;
  element.removeAttribute('mode');
  element.setAttribute('mode', mode);
}

// --- Copying -------------------------------------------------------------------------------------------

async function copy(name) {
  const code = out(name);
  let words = 'Copied.';
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    getSelection().selectAllChildren(code);
    words = 'It is marked: copy it with your keyboard or menu.';
  }
  find('[data-status]').textContent = words;
}

// --- The landlord's file -----------------------------------------------------------------------------------

const lint = (text) => fetch('/lint', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: text });

async function check() {
  const verdict = find('[data-verdict]');
  const list = find('[data-findings]');
  const text = find('[data-paste]').value;
  list.replaceChildren();
  if (!text.trim()) {
    verdict.textContent = 'There is nothing to check yet.';
    return;
  }
  try {
    const answer = await lint(text);
    if (!answer.ok) throw answer.status;
    const findings = await answer.json();
    const count = (level) => findings.filter((it) => it.level === level).length;
    const of = (number, what) => `${number} ${what}${number === 1 ? '' : 's'}`;
    verdict.textContent = findings.length
      ? `${of(count('error'), 'error')}, ${of(count('warning'), 'warning')}.`
      : 'Nothing is wrong with this file.';
    list.append(...findings.map(finding));
  } catch {
    verdict.textContent = 'The service did not answer. Try again in a moment.';
  }
}

function finding({ level, provision, pointer, sentence }) {
  const [item, head, words] = ['li', 'p', 'p'].map((name) => document.createElement(name));
  const place = document.createElement('code');
  place.textContent = pointer || '/';
  head.append(level === 'error' ? 'Error' : 'Warning', ' · ', place, ' · ', provision === 'schema' ? 'schema' : `Code ${provision}`);
  words.textContent = sentence;
  item.className = level;
  item.append(head, words);
  return item;
}

// --- Beginning -----------------------------------------------------------------------------------------------

offerLanguages();
for (const name of ATTRIBUTES) {
  const value = element.getAttribute(name) ?? '';
  field(name).value = name === 'landlord' ? value.replace(/^.*\/(.+)\.json$/, '$1') : value;
  // What is not offered is left as it is.
  if (field(name).value !== value && field(name).selectedIndex === -1) field(name).selectedIndex = 0;
}
find('[data-service]').value = location.origin;
if (!integrity) {
  find('[data-version]').value = 'moving';
  find('[data-version]').disabled = true;
}

element.addEventListener('hc-ready', showColours);
form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('input', ({ target }) => {
  if (target.type === 'color') target.previousElementSibling.value = target.value;
  if (target.type === 'color' || target.dataset.colour) colour();
  write();
});
form.addEventListener('change', ({ target }) => {
  if (target.dataset.attribute) attribute(target.dataset.attribute);
  if (target.closest('[data-looks]')) reopenFrame();
  write();
});
form.addEventListener('click', ({ target }) => {
  if (target.dataset.copy) copy(target.dataset.copy);
  if ('check' in target.dataset) check();
});
find('[data-file]').addEventListener('change', async ({ target }) => {
  const [file] = target.files;
  if (!file) return;
  find('[data-paste]').value = await file.text();
  await check();
});

// Beside the page the tool leaves the form in view; below it, at its end.
builder.addEventListener('toggle', show);
function show() {
  const isBeside = getComputedStyle(builder).position === 'fixed';
  if (isBeside) document.querySelector('main').scrollIntoView();
  else if (!builder.open) builder.scrollIntoView({ block: 'nearest' });
}

colour();
write();
form.hidden = false;
show();
// A service without this way to ask has no answer to anything.
find('[data-lint]').hidden = !(await lint('{}').then((answer) => answer.ok, () => false));
