// What happens to a resident at a landlord's page, the same in every engine.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { SUBMIT, action } from '../browser/support/hands.mjs';
import { strictest } from '../browser/support/host-page.mjs';
import { path } from '../browser/support/paths.mjs';
import { DAYS, GRACE, PLAIN, newWords, saying } from '../browser/support/resident.mjs';
import { say } from '../browser/support/words.mjs';
import { until } from './support/until.mjs';
import { wayOn } from './support/visitor.mjs';

const FILE = 'housing-complaint.js';
const INTEGRITY = JSON.parse(readFileSync(path('dist/integrity.json'), 'utf8'))[FILE];
const WASM = /\.wasm$/;
const LATER = /-later\.[0-9a-f]+\.wasm$/;

/** One tag, with the hash that covers everything that it fetches. */
const tag = ({ origin }, more = '') =>
  `<script src="${origin}/housing-complaint/v1/${FILE}" integrity="${INTEGRITY}" crossorigin="anonymous"
    data-landlord="${origin}/landlords/halton.json" data-endpoint="${origin}/v1/submissions" ${more} async></script>`;

/** The landlord's own words, and one tag. */
const OWN_WORDS = 'Phone us: 01632 960001.';
const withOwnWords = (widget, more) => `<housing-complaint><p id="own">${OWN_WORDS}</p></housing-complaint>${tag(widget, more)}`;

const withoutWasm = ({ origin }) => strictest(origin).replace(" 'wasm-unsafe-eval'", '');
const isAboutWasm = (violation) => /wasm/.test(violation);

/** The ways through the form on which there is a trap at every step; more of them in a soak. */
const WAYS = {
  'a complaint': {},
  ...(process.env.HC_SOAK === '1' && {
    'a complaint for somebody else': { danger: ['yes'], on_behalf_of: ['someone_else'] },
    'a request': { intent: ['report'], choices: { first_report: 'request' } },
    'a request for stage 2': { intent: ['stage2'] },
    'an addition': { intent: ['add'] },
    'thanks': { intent: ['feedback'] },
  }),
};

export const SCENARIOS = {
  'what breaks the policy is noticed, by the page and by its website': async ({ visitor, widget }) => {
    await visitor.opens(tag(widget), strictest(widget.origin));
    await visitor.comesTo('start');
    assert.deepEqual(await visitor.violations(), []);
    await visitor.evaluate(() => document.body.setAttribute('style', 'color: red'));
    await until(async () => {
      const found = await visitor.violations();
      assert.equal(found.length, 2, String(found));
      assert.ok(found.every((it) => /style-src/.test(it)), String(found));
    });
  },

  // --- The journey ------------------------------------------------------------------------------

  'one tag and no other code, under the strictest policy, sends a whole complaint': async ({ visitor, widget, service }) => {
    await visitor.opens(tag(widget), strictest(widget.origin));
    await visitor.comesTo('start');
    const account = `${newWords()}\nIt’s £5 a day – “too much” for café Zoë.`;
    await visitor.goesTo('check', saying(account));
    assert.deepEqual(service.rowsAbout(account), [], 'nothing is sent before Send');
    const { record } = service.row(await visitor.sends());
    assert.equal(record.account, account);
    for (const field of ['effect', 'outcome_own_words', 'name', 'address', 'email']) {
      assert.equal(record.answers.find((it) => it.id === field)?.value, PLAIN[field][0]);
    }
    await isQuiet(visitor);
  },

  'the keyboard alone leads from one page to the next': async ({ visitor, widget }) => {
    await visitor.opens(tag(widget), strictest(widget.origin));
    await visitor.isReady();
    await visitor.pressesKey('Enter', action('start'));
    await visitor.comesTo('question:danger');
    await visitor.pressesKey(' ', '[name=danger]');
    assert.deepEqual(await visitor.shown(), { danger: ['yes'] });
    await visitor.pressesKey('Enter', SUBMIT);
    await visitor.comesTo('advice:danger');
    await visitor.pressesKey('Enter', '[data-action=choose]');
    await visitor.comesTo('question:intent');
    await isQuiet(visitor);
  },

  'a reload in the middle of a question brings its screen and its answers back': async ({ visitor, widget }) => {
    await visitor.opens(tag(widget), strictest(widget.origin));
    await visitor.comesTo('start');
    await visitor.skipsTo('question:account', PLAIN);
    await visitor.writes('account', 'Half a sent');
    await pause(GRACE);
    await visitor.reloads();
    await visitor.comesTo('question:account');
    assert.deepEqual((await visitor.shown()).account, ['Half a sent']);
    await visitor.writes('account', 'ence');
    assert.deepEqual((await visitor.shown()).account, ['Half a sentence']);
    await isQuiet(visitor);
  },

  'the browser’s own way back goes back by one question': async ({ visitor, widget }) => {
    await visitor.opens(tag(widget), strictest(widget.origin));
    await visitor.comesTo('start');
    await visitor.starts();
    await visitor.answers({ danger: ['no'] });
    await visitor.continues();
    await visitor.comesTo('question:intent');
    await visitor.goesBack();
    await visitor.comesTo('question:danger');
    assert.deepEqual(await visitor.shown(), { danger: ['no'] });
    await visitor.continues();
    await visitor.comesTo('question:intent');
    await isQuiet(visitor);
  },

  // --- The takeover -----------------------------------------------------------------------------

  'the first screen does not wait for the wasm, and a Start that is pressed early is honoured': async ({ visitor, widget }) => {
    const release = widget.hold(WASM);
    await visitor.opens(tag(widget), strictest(widget.origin));
    await visitor.comesTo('start');
    const rights = await visitor.text('[data-rights]');
    assert.match(rights, /0300 111 3000/);
    assert.match(rights, /www\.housing-ombudsman\.org\.uk/);
    await visitor.press(action('start'));
    assert.equal(await visitor.at(), 'start');
    assert.deepEqual(await visitor.heard('hc-ready'), []);
    release();
    await visitor.comesTo('question:danger');
    await visitor.answers({ danger: ['no'] });
    await visitor.continues();
    await visitor.comesTo('question:intent');
    await isQuiet(visitor);
  },

  'a Start on which the pointer is down when the wasm arrives is honoured': async ({ visitor, widget }) => {
    const release = widget.hold(WASM);
    await visitor.opens(tag(widget), strictest(widget.origin));
    await visitor.comesTo('start');
    await visitor.press(action('start'), async () => {
      release();
      await pause(500);
    });
    await visitor.comesTo('question:danger');
    await isQuiet(visitor);
  },

  'nothing moves and nothing flashes when the wasm takes over': async ({ engine, visitor, widget }) => {
    const release = widget.hold(WASM);
    await visitor.opens(`${tag(widget)}<footer>About us</footer>`, strictest(widget.origin));
    await visitor.comesTo('start');
    const before = await visitor.evaluate(watchFrames);
    release();
    await visitor.isReady();
    await pause(300);
    const { places, shift } = await visitor.evaluate(() => window.drawn());
    assert.deepEqual(places, before, 'the title, Start and the rights stay where they are, on every frame');
    // Only Chromium says how far anything else moved.
    assert.equal(shift, engine.name === 'Chromium' ? 0 : null);
    // The form that is there now is the one that works.
    await visitor.starts();
    await visitor.comesTo('question:danger');
    await isQuiet(visitor);
  },

  'the first question works before all of the wasm is there, and Continue is done once it is': async ({ visitor, widget }) => {
    const release = widget.hold(LATER);
    await visitor.opens(tag(widget), strictest(widget.origin));
    await visitor.comesTo('start');
    await visitor.starts();
    await visitor.comesTo('question:danger');
    await visitor.answers({ danger: ['no'] });
    await visitor.press(SUBMIT);
    await pause(300);
    assert.equal(await visitor.at(), 'question:danger');
    release();
    await visitor.comesTo('question:intent');
    await isQuiet(visitor);
  },

  'where the rest of the wasm breaks off, what was answered is kept, and it can be tried again': async ({ visitor, widget }) => {
    widget.change(LATER, ({ body }) => ({ brokenOffAt: body.length >> 1 }));
    await visitor.opens(withOwnWords(widget), strictest(widget.origin));
    await visitor.comesTo('start');
    await visitor.starts();
    await visitor.comesTo('question:danger');
    await visitor.answers({ danger: ['yes'] });
    await visitor.press(SUBMIT);
    await hasFailed(visitor, 'wasm_failed');
    widget.mend();
    await visitor.press(action('retry'));
    await visitor.comesTo('question:danger');
    assert.deepEqual(await visitor.shown(), { danger: ['yes'] });
    await visitor.continues();
    await visitor.comesTo('advice:danger');
  },

  // --- When it can't open -----------------------------------------------------------------------

  'a wasm that is not there leaves the landlord’s words and the Ombudsman, and can be tried again': async ({ visitor, widget }) => {
    widget.change(WASM, () => ({ status: 404, body: Buffer.from('Not found') }));
    await visitor.opens(withOwnWords(widget), strictest(widget.origin));
    await hasFailed(visitor, 'wasm_failed');
    widget.mend();
    await visitor.press(action('retry'));
    await visitor.comesTo('start');
    await visitor.starts();
    await visitor.comesTo('question:danger');
  },

  'a wasm that breaks off leaves the landlord’s words and the Ombudsman': async ({ visitor, widget }) => {
    widget.change(WASM, ({ body }) => ({ brokenOffAt: body.length >> 1 }));
    await visitor.opens(withOwnWords(widget), strictest(widget.origin));
    await hasFailed(visitor, 'wasm_failed');
  },

  'a policy that does not allow wasm, in inline mode, leaves the landlord’s words and the Ombudsman': async ({ visitor, widget }) => {
    await visitor.opens(withOwnWords(widget, 'data-mode="inline"'), withoutWasm(widget));
    await hasFailed(visitor, 'wasm_blocked');
    assert.deepEqual((await visitor.violations()).filter((it) => !isAboutWasm(it)), []);
  },

  'a policy that allows neither wasm nor frames leaves the landlord’s words and the Ombudsman': async ({ visitor, widget }) => {
    await visitor.opens(withOwnWords(widget), withoutWasm(widget));
    await hasFailed(visitor, 'frame_blocked');
  },

  'a landlord’s file that is not there leaves the landlord’s words and the Ombudsman': async ({ visitor, widget }) => {
    widget.change(/\/landlords\//, () => ({ status: 404, body: Buffer.from('Not found') }));
    await visitor.opens(withOwnWords(widget), strictest(widget.origin));
    await hasFailed(visitor, 'landlord_missing');
  },

  'a script that is not the one of the integrity hash leaves the landlord’s words': async ({ visitor, widget }) => {
    widget.change(/\.js$/, ({ body }) => ({ body: Buffer.concat([body, Buffer.from(' ')]) }));
    await visitor.opens(withOwnWords(widget), strictest(widget.origin));
    await until(async () => assert.equal(await visitor.evaluate(() => document.readyState), 'complete'));
    assert.equal(await visitor.at(), '');
    await seesOwnWords(visitor);
  },

  // --- When it can open all the same --------------------------------------------------------------

  'a wasm with the wrong media type works': async ({ visitor, widget }) => {
    widget.change(WASM, ({ headers }) => ({ headers: { ...headers, 'content-type': 'application/octet-stream' } }));
    await visitor.opens(tag(widget), strictest(widget.origin));
    await visitor.comesTo('start');
    await visitor.starts();
    await visitor.comesTo('question:danger');
    await visitor.answers({ danger: ['no'] });
    await visitor.continues();
    await visitor.comesTo('question:intent');
    await isQuiet(visitor);
  },

  'where the policy does not allow wasm, a complaint is sent from within a frame': async ({ visitor, widget, service }) => {
    await visitor.opens(withOwnWords(widget), `${withoutWasm(widget)}; frame-src ${widget.origin}`);
    await visitor.entersTheFrame();
    await visitor.comesTo('start');
    await visitor.starts();
    const account = `${newWords()}\nIt’s £5 a day.`;
    await visitor.skipsTo('question:account', saying(account));
    await visitor.answers({ account: [account] });
    await pause(GRACE);
    await visitor.reloads();
    await visitor.entersTheFrame();
    await visitor.comesTo('question:account');
    assert.deepEqual((await visitor.shown()).account, [account]);
    await visitor.continues();
    await visitor.skipsTo('check', { ...PLAIN, account: undefined });
    const row = service.row(await visitor.sends());
    assert.equal(row.record.account, account);
    await until(async () => assert.deepEqual((await visitor.heard('hc-submitted')).map((it) => it.reference), [row.reference]));
    await until(async () => {
      const [form, room] = await visitor.evaluate(() => [document.documentElement.scrollHeight, window.innerHeight]);
      assert.ok(form <= room, `the form is ${form} high, and the frame ${room}`);
    });
    assert.deepEqual((await visitor.violations()).filter((it) => !isAboutWasm(it)), []);
  },

  // --- A trap in the middle -------------------------------------------------------------------------

  'an exception in the middle of a word loses no letter': async ({ visitor, widget }) => {
    await visitor.opens(withOwnWords(widget), strictest(widget.origin));
    await visitor.comesTo('start');
    await visitor.skipsTo('question:account', PLAIN);
    await visitor.writes('account', 'Half a sen');
    await visitor.evaluate(throwWhenRead);
    await visitor.writes('account', 't');
    await hasFailed(visitor, 'trap');
    await visitor.press(action('retry'));
    await visitor.comesTo('question:account');
    assert.deepEqual((await visitor.shown()).account, ['Half a sent']);
    await visitor.writes('account', 'ence');
    assert.deepEqual((await visitor.shown()).account, ['Half a sentence']);
  },

  ...Object.fromEntries(Object.entries(WAYS).map(([way, answers]) => [
    `a trap of the wasm at every step loses nothing of ${way}`,
    (given) => isTrappedAtEveryStep(given, saying(newWords(), answers)),
  ])),
};

async function isTrappedAtEveryStep({ visitor, widget, service }, answers) {
  await visitor.opens(withOwnWords(widget), strictest(widget.origin));
  await visitor.isReady();
  const written = {};
  let traps = 0;
  for (let at = await visitor.at(); at !== 'check'; at = await visitor.at()) {
    Object.assign(written, await visitor.answers(answers));
    const before = await visitor.shown();
    await visitor.evaluate(trapAtNextElement);
    await visitor.press(wayOn(at, answers));
    await hasFailed(visitor, 'trap');
    assert.match(await visitor.text(), /RuntimeError/);
    traps += 1;
    await visitor.press(action('retry'));
    await visitor.isReady(traps + 1);
    // What was pressed is remembered, or what was answered.
    if (await visitor.at() !== at) continue;
    assert.deepEqual(await visitor.shown(), before);
    await visitor.goesOnBy(wayOn(at, answers));
  }
  assert.ok(traps >= 5, `${traps} traps`);
  assert.ok(Object.keys(written).length >= 3, 'something was written');
  const { record } = service.row(await visitor.sends());
  for (const [field, words] of Object.entries(written)) {
    // A day is sent as a date.
    if (!DAYS.includes(field)) assert.equal(record.answers.find((it) => it.id === field)?.value, words, field);
  }
}

const pause = (time) => new Promise((later) => { setTimeout(later, time); });

/** Nothing broke the policy, and nothing was thrown. */
async function isQuiet(visitor) {
  assert.deepEqual(await visitor.violations(), []);
  assert.deepEqual(await visitor.heard('page error'), []);
}

/** The screen that a resident sees when the form can't run. */
async function hasFailed(visitor, code) {
  await visitor.comesTo('failed');
  const text = await visitor.text();
  for (const words of [say('failed.title'), say('rights.failed'), '0300 111 3000', 'www.housing-ombudsman.org.uk']) {
    assert.ok(text.includes(words), `“${words}” in: ${text}`);
  }
  await seesOwnWords(visitor);
  assert.deepEqual((await visitor.heard('hc-error')).at(-1), { code });
  if (code !== 'trap') assert.deepEqual(await visitor.heard('page error'), []);
}

async function seesOwnWords(visitor) {
  const shown = await visitor.evaluateOutside(() => {
    const own = document.querySelector('#own');
    return own.getBoundingClientRect().height > 0 ? own.innerText : '';
  });
  assert.equal(shown, OWN_WORDS);
}

// --- These run in the page -------------------------------------------------------------------------

/** Looks at each frame that is drawn; gives where the title, *Start* and the rights are now. */
function watchFrames() {
  const places = new Set();
  let shift = null;
  if (PerformanceObserver.supportedEntryTypes.includes('layout-shift')) {
    shift = 0;
    const add = (list) => list.getEntries().forEach((it) => { shift += it.value; });
    new PerformanceObserver(add).observe({ type: 'layout-shift' });
  }
  const look = () => {
    const root = document.querySelector('housing-complaint').shadowRoot;
    places.add(['[part=heading]', '[data-action=start]', '[data-rights]'].map((it) => {
      const { x, y, width, height } = root.querySelector(it)?.getBoundingClientRect() ?? {};
      return `${it} ${x} ${y} ${width} ${height}`;
    }).join());
    requestAnimationFrame(look);
  };
  look();
  window.drawn = () => ({ places: [...places], shift });
  return [...places];
}

/** Reading what was typed throws, once: the exception goes through the wasm, which is then half-way. */
function throwWhenRead() {
  const { prototype } = HTMLTextAreaElement;
  const value = Object.getOwnPropertyDescriptor(prototype, 'value');
  Object.defineProperty(prototype, 'value', {
    ...value,
    get() {
      Object.defineProperty(prototype, 'value', value);
      throw new Error('injected');
    },
  });
}

/** The next element can't be made, once: Yew panics, and a panic of this build is a trap. */
function trapAtNextElement() {
  const { createElement } = Document.prototype;
  const { cloneNode } = Node.prototype;
  const refuse = () => {
    Document.prototype.createElement = createElement;
    Node.prototype.cloneNode = cloneNode;
    throw new Error('injected');
  };
  Document.prototype.createElement = refuse;
  Node.prototype.cloneNode = refuse;
}
