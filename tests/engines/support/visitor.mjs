// A resident at a landlord's page, in any of the engines: real presses of a pointer and of keys, and the hooks
// that the widget promises.

import assert from 'node:assert/strict';

import { SUBMIT, action } from '../../browser/support/hands.mjs';
import { skip } from '../../browser/support/skip.mjs';
import { until } from './until.mjs';

const SCRIPT = /\/housing-complaint\.js$/;

export class Visitor {
  #page;
  #site;
  #widget;
  #inside;
  #before = [];

  constructor(page, site, widget) {
    this.#page = page;
    this.#inside = page;
    this.#site = site;
    this.#widget = widget;
  }

  /** Opens the landlord's page with `body` under `policy`. */
  async opens(body, policy) {
    this.#site.body = body;
    this.#site.policy = policy;
    await this.#arrives(() => this.#page.open(this.#site.origin));
  }

  async reloads() {
    this.#before.push(...await this.#recorded());
    this.#inside = this.#page;
    await this.#arrives(() => this.#page.reload());
  }

  /** The widget's script waits until the listeners are there: the page itself has no code for them. */
  async #arrives(go) {
    const release = this.#widget.hold(SCRIPT);
    await go();
    await this.#page.evaluate(listen);
    release();
  }

  /** Everything that follows is inside the frame that the widget opened. */
  async entersTheFrame() {
    const frame = this.#page.frame();
    await until(async () => {
      assert.ok(await frame.evaluate(() => Boolean(document.querySelector('housing-complaint')?.shadowRoot)), 'the frame holds the form');
    });
    this.#inside = frame;
  }

  get #isFramed() {
    return this.#inside !== this.#page;
  }

  /** Runs in the page of the form. */
  evaluate(script, ...values) {
    return this.#inside.evaluate(script, ...values);
  }

  /** Runs in the landlord's page. */
  evaluateOutside(script, ...values) {
    return this.#page.evaluate(script, ...values);
  }

  async #recorded() {
    return this.#page.evaluate(() => window.recorded);
  }

  /** What the landlord's page heard so far, over reloads: of this kind, or all. */
  async heard(name) {
    const all = [...this.#before, ...await this.#recorded()];
    return name ? all.filter((it) => it.name === name).map((it) => it.detail) : all;
  }

  /** Violations of the page's policy, as the page was told, and as the browser reported them to the site. */
  async violations() {
    return [...await this.heard('violation'), ...this.#site.reports.map(String)];
  }

  // --- Looking ------------------------------------------------------------------------------------

  /** The screen and its key: `question:account`; nothing before there is one. */
  at() {
    return this.evaluate(() => {
      const screen = document.querySelector('housing-complaint')?.shadowRoot?.querySelector('[data-screen]');
      return screen ? [screen.dataset.screen, screen.dataset.key].filter(Boolean).join(':') : '';
    });
  }

  /** Waits until the wasm has taken over, for so many times in all. */
  async isReady(times = 1) {
    await until(async () => {
      const ready = (await this.heard('hc-ready')).length;
      assert.ok(ready >= times, `ready ${ready} times, not ${times}`);
    });
  }

  async comesTo(address) {
    await until(async () => assert.equal(await this.at(), address));
  }

  /** The text of what matches inside the widget. */
  text(selector = '[data-screen]') {
    return this.evaluate((it) => document.querySelector('housing-complaint').shadowRoot.querySelector(it)?.innerText, selector);
  }

  /** What this page shows as answered: `{topics: ['repairs'], account: ['…']}`. */
  shown() {
    return this.evaluate(() => {
      const shown = {};
      const controls = document.querySelector('housing-complaint').shadowRoot.querySelectorAll('input[name], textarea[name]');
      for (const control of controls) {
        const isOption = control.type === 'radio' || control.type === 'checkbox';
        const values = (shown[control.name] ??= []);
        if (isOption ? control.checked : control.value) values.push(control.value);
      }
      return shown;
    });
  }

  // --- Doing --------------------------------------------------------------------------------------

  /** Presses what matches inside the widget, with the pointer; does `meanwhile` before it lets go. */
  async press(selector, meanwhile = () => {}) {
    await until(async () => {
      await this.#bringsIntoView(selector);
      const before = await this.#middle(selector);
      await this.evaluateOutside(nextFrames);
      assert.deepEqual(await this.#middle(selector), before, `${selector} stands still`);
      await this.#page.moveTo(...before);
      assert.ok(await this.#isUnderThePointer(selector), `${selector} is under the pointer`);
    });
    await this.#page.pointerDown();
    await meanwhile();
    await this.#page.pointerUp();
  }

  #isUnderThePointer(selector) {
    return this.evaluate((it) => document.querySelector('housing-complaint').shadowRoot.querySelector(it).matches(':hover'), selector);
  }

  async #bringsIntoView(selector) {
    const y = await this.evaluate((wanted) => {
      const target = document.querySelector('housing-complaint').shadowRoot.querySelector(wanted);
      if (!target) throw new Error(`there is no ${wanted}`);
      target.scrollIntoView({ block: 'center', behavior: 'instant' });
      return target.getBoundingClientRect().y;
    }, selector);
    if (this.#isFramed) {
      await this.evaluateOutside((inFrame) => {
        const frame = document.querySelector('housing-complaint').shadowRoot.querySelector('iframe');
        window.scrollTo(0, window.scrollY + frame.getBoundingClientRect().y + inFrame - window.innerHeight / 2);
      }, y);
    }
  }

  /** Where in the window to press; what lies over it is an error. */
  async #middle(selector) {
    const inside = await this.evaluate((wanted) => {
      const root = document.querySelector('housing-complaint').shadowRoot;
      const target = root.querySelector(wanted);
      const { x, y, width, height } = target.getBoundingClientRect();
      const middle = [x + width / 2, y + height / 2];
      const top = root.elementFromPoint(...middle);
      if (!target.contains(top)) throw new Error(`${top?.outerHTML.slice(0, 80)} lies over ${wanted}`);
      return middle;
    }, selector);
    if (!this.#isFramed) return inside;
    return this.evaluateOutside((inFrame) => {
      const root = document.querySelector('housing-complaint').shadowRoot;
      const frame = root.querySelector('iframe');
      const { x, y } = frame.getBoundingClientRect();
      const middle = [x + frame.clientLeft + inFrame[0], y + frame.clientTop + inFrame[1]];
      if (root.elementFromPoint(...middle) !== frame) throw new Error('something lies over the frame');
      return middle;
    }, inside);
  }

  /** Presses, and waits until another page is there. */
  async goesOnBy(selector) {
    const mark = await this.evaluate(() => {
      const heading = document.querySelector('housing-complaint').shadowRoot.querySelector('[part=heading]');
      return (heading.mark ??= Math.random());
    });
    await this.press(selector);
    await until(async () => {
      const isNew = await this.evaluate((seen) => {
        const heading = document.querySelector('housing-complaint').shadowRoot.querySelector('[part=heading]');
        return Boolean(heading) && heading.mark !== seen;
      }, mark);
      assert.ok(isNew, `another page after ${selector}`);
    });
  }

  async starts() {
    await this.isReady();
    await this.goesOnBy(action('start'));
  }

  async continues() {
    await this.goesOnBy(SUBMIT);
  }

  /** Answers what this page asks: options by their labels, text by keys. Gives what it wrote, by field. */
  async answers(answers) {
    const written = {};
    for (const [name, has] of Object.entries(await this.shown())) {
      if (answers[name] === undefined) continue;
      const options = await this.#options(name);
      for (const { id, value } of options) {
        if (answers[name].includes(value) !== has.includes(value)) await this.press(`label[for="${id}"]`);
      }
      if (options.length) continue;
      [written[name]] = answers[name];
      await this.writes(name, written[name]);
    }
    return written;
  }

  #options(name) {
    return this.evaluate((it) => {
      const root = document.querySelector('housing-complaint').shadowRoot;
      const all = root.querySelectorAll(`input[type=radio][name="${it}"], input[type=checkbox][name="${it}"]`);
      return Array.from(all, ({ id, value }) => ({ id, value }));
    }, name);
  }

  /** Writes at the end of what is there. */
  async writes(name, text) {
    const box = `[name="${name}"]`;
    await this.press(box);
    await until(async () => assert.ok(await this.#hasFocus(box), `${name} has focus`));
    await this.#inside.type(text);
  }

  /** Presses a key where focus is, after as many of Tab as it takes to come there. */
  async pressesKey(key, selector) {
    for (let tabs = 0; !(await this.#hasFocus(selector)); tabs++) {
      assert.ok(tabs < 50, `the Tab key comes to ${selector}`);
      await this.#page.press('Tab');
    }
    await this.#page.press(key);
  }

  #hasFocus(selector) {
    return this.evaluate((it) => {
      const { activeElement } = document.querySelector('housing-complaint').shadowRoot;
      return document.hasFocus() && Boolean(activeElement?.matches(it));
    }, selector);
  }

  /** Answers page by page until this screen, by hand. */
  async goesTo(address, answers) {
    for (let pages = 0; pages < 40; pages++) {
      const at = await this.at();
      if (at === address) return;
      await this.answers(answers);
      await this.goesOnBy(wayOn(at, answers));
    }
    throw new Error(`no way to ${address}`);
  }

  /** The same by script, at once: for a scenario that begins there. */
  async skipsTo(address, answers) {
    await this.isReady();
    return this.evaluate(skip, { within: 'housing-complaint', address, answers });
  }

  /** Sends from the check page; gives the reference. */
  async sends() {
    await this.press(SUBMIT);
    await this.comesTo('sent');
    return (await this.text('[data-reference]')).trim();
  }

  /** Back by the browser's own means, once its history has this screen: that is written after the screen is drawn. */
  async goesBack() {
    const at = await this.at();
    await until(async () => {
      const screens = await this.evaluateOutside(() => Object.values(history.state?.['housing-complaint'] ?? {}));
      assert.deepEqual(screens, [at], 'the screen in the history');
    });
    await this.#page.back();
  }
}

/** What leads on from this screen, as a selector; at advice the first way, where `choices` has none. */
export function wayOn(at, { choices = {} }) {
  const [screen, key] = at.split(':');
  if (screen === 'start') return action('start');
  return screen === 'advice' ? action('choose', choices[key]) : SUBMIT;
}

// --- These run in the page --------------------------------------------------------------------------

/** Until two more frames are drawn. */
async function nextFrames() {
  for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame);
}

/** Keeps what it hears in `window.recorded`. */
function listen() {
  window.recorded = [];
  const record = (name, detail) => window.recorded.push({ name, detail });
  for (const name of ['hc-ready', 'hc-step', 'hc-submitted', 'hc-error']) {
    document.addEventListener(name, (event) => record(name, { ...event.detail }));
  }
  document.addEventListener('securitypolicyviolation', (event) => {
    record('violation', `${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
  window.addEventListener('error', (event) => record('page error', String(event.message)));
  window.addEventListener('unhandledrejection', (event) => record('page error', String(event.reason)));
}
