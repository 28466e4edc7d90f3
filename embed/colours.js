// Part of the script (see loader.js): the landlord's colours, and the page's, where they can be read.

const COLOURS = ['text', 'surface', 'brand', 'link', 'focus', 'error'];

const NAMES = COLOURS.concat('on-brand');

const ownColours = (element) => {
  const style = getComputedStyle(element);
  return NAMES.filter((name) => style.getPropertyValue('--hc-color-' + name).trim());
};

// What has to be told apart, for each colour: [what, on what, contrast] (WCAG 1.4.3, 1.4.11).
const PAIRS = {
  text: [['text', 'surface', 4.5], ['quiet', 'soft', 4.5], ['text', 'rights', 4.5], ['control', 'surface', 3]],
  brand: [['brand', 'surface', 3], ['brand', 'brand-soft', 4.5]],
  link: [['link', 'surface', 4.5], ['link', 'rights', 4.5], ['link', 'brand-soft', 4.5]],
  focus: [['focus', 'surface', 3]],
  error: [['error', 'surface', 4.5], ['error', 'error-soft', 4.5]],
  'on-brand': [['on-brand', 'brand', 4.5]],
};

// What follows from colours that are not ours.
const mixed = (name, part, of) => '--' + name + ':color-mix(in srgb,' + of + ' ' + part + '%,var(--surface))!important;';
const FOLLOWING = mixed('quiet', 80, 'var(--text)') + mixed('soft', 5, 'var(--text)') + mixed('line', 20, 'var(--text)')
  + mixed('control', 65, 'var(--text)') + mixed('error-soft', 7, 'var(--error)') + mixed('rights', 9, '#5b61c9');

// The landlord's colours, from its file, under those of the page; and another in place of each that
// can't be read: as near to it as can be.
function colour(element) {
  const root = element.shadowRoot;
  const { sheets } = element;
  if (!sheets) return;
  const pages = ownColours(element);
  let own = '';
  let rules = '';
  try {
    const { colors } = JSON.parse(element.landlordText);
    COLOURS.forEach((name) => {
      if (/^#[\da-f]{6}$/i.test(colors[name])) own += '--own-' + name + ':' + colors[name] + ';';
    });
  } catch (error) { /* it has none */ }
  const value = (of, name) => getComputedStyle(of).getPropertyValue(name).trim();
  // It is asked for more often than something has changed.
  const { documentElement: { className }, body } = document;
  const state = [own, element.getAttribute('theme'), matchMedia('(prefers-color-scheme: dark)').matches]
    .concat(matchMedia('(forced-colors: active)').matches)
    .concat(className, body && body.className, element.className, element.getAttribute('style'))
    .concat(NAMES.map((name) => value(element, '--hc-color-' + name))).join();
  if (element.colours === state) return;
  element.colours = state;
  const adopt = () => {
    root.adoptedStyleSheets = own + rules ? sheets.concat(sheetOf('@media screen{.widget{' + own + rules + '}}')) : sheets;
  };
  adopt();
  if (!CSS.supports('color', 'color-mix(in srgb, red, red)')) return;
  const probe = node('div', { class: 'widget' });
  root.append(probe);
  // What is set and no colour, or set to nothing.
  const unknown = NAMES.filter((name) => !CSS.supports('color', value(probe, '--' + name)));
  if (!own && !pages.length && !unknown.length) return probe.remove();
  unknown.forEach((name) => {
    warnOnce(element, 'the colour "' + name + '", ' + value(probe, '--' + name) + ', is no colour');
    rules += '--' + name + ':var(--own-' + name + ',var(--our-' + name + '))!important;';
  });
  rules += FOLLOWING;
  adopt();
  // Any colour, as three numbers from 0 to 1, and a fourth where something shines through.
  const parts = (name) => {
    probe.style.color = 'color-mix(in srgb,var(--' + name + '),var(--' + name + '))';
    return (getComputedStyle(probe).color.match(/[\d.e-]+/g) || [0, 0, 0]).map(Number);
  };
  const isThin = (name) => parts(name)[3] < 1;
  // As it is seen.
  const read = (name) => {
    const [red, green, blue, part = 1] = parts(name);
    const under = part < 1 && name !== 'surface' ? read('surface') : [1, 1, 1];
    return [red, green, blue].map((it, at) => it * part + under[at] * (1 - part));
  };
  const light = (name) => read(name).reduce((sum, it, at) =>
    sum + [0.2126, 0.7152, 0.0722][at] * (it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4), 0.05);
  const contrast = (one, two) => {
    const [a, b] = [light(one), light(two)];
    return Math.max(a, b) / Math.min(a, b);
  };
  const failing = (name) =>
    PAIRS[name].find(([of, on, least]) => isThin(of) || isThin(on) || contrast(of, on) < least);
  const rgb = (name) => 'rgb(' + read(name).map((it) => Math.round(it * 255)) + ')';
  Object.keys(PAIRS).forEach((name) => {
    const wrong = failing(name);
    if (!wrong) return;
    const was = rgb(name);
    // Text and its ground go back to ours together; any other colour is mixed with the text until it
    // passes; what stands on the brand is white or black.
    const before = rules;
    const ways = name === 'text' ? ['--text:var(--our-text)!important;--surface:var(--our-surface)!important;']
      : name === 'on-brand' ? ['#fff', '#000'].map((it) => '--on-brand:' + it + '!important;')
      : [100, 80, 60, 40, 20, 0].map((part) => '--' + name + ':color-mix(in srgb,' + was + ' ' + part + '%,var(--text))!important;');
    ways.some((way) => {
      rules = before + way;
      adopt();
      return !failing(name);
    });
    // A landlord's file has one set of colours for both themes: in the dark they are expected to change.
    if (pages.includes(name) || getComputedStyle(probe).colorScheme === 'light') {
      const [of, on, least] = wrong;
      warnOnce(element, 'the colour "' + name + '", ' + was + ', stands out less than ' + least + ':1 (' + of + ' on ' + on + '); ' + rgb(name) + ' is shown instead');
    }
  });
  probe.remove();
}

// A page may change its colours at any time, by a class of its own or of the element.
const repainter = window.MutationObserver && new MutationObserver(() => mounted.forEach((element) => colour(element)));

function watchColours(element) {
  [element, document.documentElement, document.body].forEach((it) => {
    if (it) repainter.observe(it, { attributeFilter: ['class', 'style'] });
  });
}

function warnOnce(element, text) {
  const said = element.said || (element.said = []);
  if (said.includes(text)) return;
  said.push(text);
  warn(text);
}
