// A walker that knows nothing but the hooks of the contract: it answers whatever it meets at random,
// and always gets to the end.

import { LANDLORDS } from './support/landlords.mjs';
import { Random } from './support/random.mjs';
import { expect, test } from './support/test.mjs';

const WALKS = process.env.HC_SOAK === '1' ? 240 : 24;
const GROUPS = 4;
const SEED = Number(process.env.HC_SEED) || Math.floor(Date.now() / 1000);
const MOST_SCREENS = 400;

const IDS = Object.keys(LANDLORDS);
const INTENTS = ['report', 'told', 'complain', 'add', 'stage2', 'feedback'];
const STARTS = ['', '', '', '&start=stage2', '&start=add', '&start=complaint', '&start=feedback', '&start=report', '&source=survey'];

/** Words for what the Code does not have, and for blame. */
const FORBIDDEN = /\binformal|\bformal complaint|\bstage (0|zero)\b|pre-complaint|\bconcerns?\b|eligib|\bplease\b|\binvalid\b/i;
/** A key without words, and a gap in them. */
const BROKEN = /\bundefined\b|\bnull\b|\{\w+\}|\b(question|field|option|advice|problem|action|rights|sent|check|start|channel)\.[a-z_]+\b/;

for (let group = 0; group < GROUPS; group++) {
  const count = WALKS / GROUPS;
  test(`anyone who answers anything at all gets to the end, with their rights on every screen (${group + 1} of ${GROUPS}) @soak`, async ({ page, service, trouble }) => {
    const arrived = [];
    for (let walk = 0; walk < count; walk++) {
      const seed = SEED + group * count + walk;
      // Together the walks go to every landlord, and there to every intent.
      const number = group * count + walk;
      const landlord = IDS[number % IDS.length];
      const intent = INTENTS[(number + Math.floor(number / IDS.length)) % INTENTS.length];
      await test.step(`HC_SEED=${seed} at ${landlord} to ${intent}`, async () => {
        const path = [];
        try {
          arrived.push(...await new Walk(page, new Random(seed), path, intent).toTheEnd(landlord));
          expect([...trouble]).toEqual([]);
        } catch (error) {
          throw new Error(`HC_SEED=${seed} at ${landlord} to ${intent}, by ${path.join(' ')}`, { cause: error });
        }
      });
    }
    const rows = service.rows();
    for (const { reference, route, landlord } of arrived) {
      expect(rows.find((row) => row.reference === reference)).toMatchObject({ kind: route, landlord });
    }
    expect(arrived.length).toBeGreaterThanOrEqual(count);
  });
}

class Walk {
  constructor(page, random, path, intent) {
    this.page = page;
    this.random = random;
    this.path = path;
    this.intent = intent;
  }

  /** Gives what was sent: the reference, the way, and to whom. */
  async toTheEnd(landlord) {
    const { page, random, path } = this;
    const arrived = [];
    await page.goto('/');
    await page.evaluate(() => sessionStorage.clear());
    const start = random.one(STARTS);
    path.push(start);
    await page.goto(`/?landlord=${landlord}${start}`);
    await page.locator('[data-screen]').waitFor();
    for (let screens = 0; screens < MOST_SCREENS; screens++) {
      const look = await this.look();
      path.push(look.address);
      if (look.screen === 'sent') {
        expect(look.reference).toMatch(/^[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}$/);
        const isNew = arrived.every((it) => it.reference !== look.reference);
        if (isNew) arrived.push({ reference: look.reference, route: look.route, landlord });
        // What was sent can become a complaint.
        if (!isNew || !look.actions.includes('make_complaint') || random.chance(0.4)) return arrived;
        await this.press('[data-action=make_complaint]');
      } else {
        await this.step(look);
      }
    }
    throw new Error('it does not end');
  }

  /** What is on the screen, and that what must be there is. */
  async look() {
    const look = await this.page.evaluate(() => {
      const texts = (node) => (node.nodeType === Node.TEXT_NODE ? node.data : [...node.childNodes].map(texts).join(' '));
      const root = document.querySelector('housing-complaint').shadowRoot;
      const screens = root.querySelectorAll('[data-screen]');
      const rights = [...root.querySelectorAll('[data-screen] [data-rights]')].filter((it) => it.checkVisibility());
      const forms = root.querySelectorAll('form');
      const heading = screens[0]?.querySelector('[part=heading]');
      if (heading) heading.wasSeen = true;
      // What the walker wrote itself is on the pages with the answers: there only the rest is looked at.
      const copy = screens[0]?.cloneNode(true);
      copy?.querySelectorAll('.summary-value, .note li').forEach((it) => it.remove());
      return {
        screens: screens.length,
        screen: screens[0]?.dataset.screen,
        key: screens[0]?.dataset.key,
        words: copy && texts(copy),
        rights: rights.map((it) => it.innerText),
        links: rights.flatMap((it) => [...it.querySelectorAll('a')].map((one) => one.href)),
        submits: [...forms].map((it) => it.querySelectorAll('button[type=submit]').length),
        actions: [...root.querySelectorAll('[data-action]')].map((it) => it.dataset.action),
        ways: [...root.querySelectorAll('[data-action=choose]')].map((it) => it.dataset.value),
        reference: root.querySelector('[data-reference]')?.innerText.trim(),
        route: window.heard.filter((it) => it.name === 'hc-step').at(-1)?.detail.route,
      };
    });
    expect(look.screens, 'screens at once').toBe(1);
    expect(look.rights, 'rights in sight').toHaveLength(1);
    expect(look.rights[0]).toContain('0300 111 3000');
    expect(look.rights[0]).toMatch(/www\.housing-ombudsman\.org\.uk/);
    expect(look.links).toContain('tel:03001113000');
    expect(look.words).not.toMatch(FORBIDDEN);
    expect(look.words).not.toMatch(BROKEN);
    if (look.screen === 'question' || look.screen === 'check') expect(look.submits).toEqual([1]);
    if (look.screen === 'advice' && look.ways.length > 1) expect(look.ways).toContain('complaint');
    look.address = [look.screen, look.key].filter(Boolean).join(':');
    return look;
  }

  async step({ screen, key, actions, ways }) {
    const { random } = this;
    if (screen === 'start') return this.press('[data-action=start]');
    if (screen === 'sending') return this.nextScreen();
    if (screen === 'not-sent') return this.press('[data-action=retry]');
    if (actions.includes('back') && random.chance(0.06)) return this.back();
    if (random.chance(0.04)) return this.browserBack();
    if (screen === 'advice') return this.press(`[data-action=choose][data-value="${random.one(ways)}"]`);
    if (screen === 'question') {
      await this.answer(key);
      if (actions.includes('make_complaint') && random.chance(0.3)) return this.press('[data-action=make_complaint]');
    } else if (actions.includes('change') && random.chance(0.3)) {
      return this.press('[data-action=change]');
    }
    return this.press('button[type=submit]');
  }

  /** Answers every control of the page, mostly. */
  async answer(key) {
    const { page, random } = this;
    const controls = await page.evaluate(() => {
      const screen = document.querySelector('housing-complaint').shadowRoot.querySelector('[data-screen]');
      return [...screen.querySelectorAll('input, textarea')].map((it) => ({ type: it.type, name: it.name, value: it.value }));
    });
    const radios = new Set();
    const todo = controls.map(({ type, name }, at) => {
      if (type === 'radio') return radios.add(name) && null;
      // A path of a file can't be typed.
      if (type === 'file') return null;
      if (type === 'checkbox') return random.chance(0.4) && { at };
      return random.chance(0.85) && { at, text: this.text(type, name) };
    }).filter(Boolean);
    for (const name of radios) {
      const group = controls.flatMap((it, at) => (it.type === 'radio' && it.name === name ? [at] : []));
      if (random.chance(0.95)) todo.push({ at: random.one(group) });
    }
    // The first time it is what this walk is for.
    if (key === 'intent' && this.intent) {
      todo.push({ at: controls.findIndex((it) => it.value === this.intent) });
      this.intent = undefined;
    }
    await page.evaluate(async (list) => {
      const root = document.querySelector('housing-complaint').shadowRoot;
      for (const { at, text } of list) {
        const control = root.querySelector('[data-screen]').querySelectorAll('input, textarea')[at];
        if (text === undefined) {
          control.click();
        } else {
          control.value = text;
          control.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
        }
        await new Promise((done) => { setTimeout(done); });
      }
    }, todo);
  }

  text(type, name) {
    const plain = ['Jo', 'no heating', 'I am fed up with you', 'There is a strong smell of gas', 'I want to end my life', '12 Example Street\nExampleton', '<b>&amp;', '🏚️ עזרה', ' ', 'a'.repeat(500)];
    if (['first_said', 'adjustments_review'].includes(name)) {
      return this.random.one(['', '2/11/2026', '1 March 2027', '31/2/2026', 'last week', '2026-11-02']);
    }
    if (type === 'email') return this.random.one(['jo@example.org', '', 'jo']);
    if (type === 'tel') return this.random.one(['01632 960001', '+44 1632 960001 ext 3']);
    const text = this.random.one(plain);
    return type === 'textarea' ? text : text.replace('\n', ', ');
  }

  async press(selector) {
    const found = this.page.locator('[data-screen]').locator(selector);
    await found.nth(this.random.below(await found.count())).dispatchEvent('click');
    await this.nextScreen();
  }

  /** Back in the page. The browser's history may be the one that goes back, a moment later. */
  async back() {
    await this.page.evaluate(() => new Promise((done) => {
      addEventListener('popstate', () => setTimeout(done), { once: true });
      setTimeout(done, 200);
      document.querySelector('housing-complaint').shadowRoot.querySelector('[data-action=back]').click();
    }));
  }

  /** The browser's own Back, unless it would leave the page. */
  async browserBack() {
    const isOurs = await this.page.evaluate(() => {
      const state = history.state?.['housing-complaint'];
      return state && !Object.values(state).includes('start');
    });
    if (!isOurs) return;
    // It may lead to the same page again: nobody gets past a page that still needs them.
    await this.page.evaluate(() => new Promise((done) => {
      addEventListener('popstate', () => setTimeout(done), { once: true });
      history.back();
    }));
  }

  async nextScreen() {
    await this.page.waitForFunction(() => {
      const screen = document.querySelector('housing-complaint').shadowRoot.querySelector('[data-screen]');
      return screen && (!screen.querySelector('[part=heading]')?.wasSeen || screen.querySelector('[data-errors]'));
    });
  }
}
