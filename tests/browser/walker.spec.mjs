// A walker that knows nothing but the hooks of the contract: it answers whatever it meets at random,
// and always gets to the end.

import { Random } from './support/random.mjs';
import { expect, test } from './support/test.mjs';

const WALKS = process.env.HC_SOAK === '1' ? 200 : 20;
const GROUPS = 4;
const SEED = Number(process.env.HC_SEED) || Math.floor(Date.now() / 1000);
const MOST_SCREENS = 400;

for (let group = 0; group < GROUPS; group++) {
  const count = WALKS / GROUPS;
  test(`anyone who answers anything at all gets to the end, with their rights on every screen (${group + 1} of ${GROUPS}) @soak`, async ({ page, trouble }) => {
    for (let walk = 0; walk < count; walk++) {
      const seed = SEED + group * count + walk;
      await test.step(`HC_SEED=${seed}`, async () => {
        const path = [];
        try {
          await new Walk(page, new Random(seed), path).toTheEnd();
          expect([...trouble]).toEqual([]);
        } catch (error) {
          throw new Error(`HC_SEED=${seed}, by ${path.join(' ')}`, { cause: error });
        }
      });
    }
  });
}

class Walk {
  constructor(page, random, path) {
    this.page = page;
    this.random = random;
    this.path = path;
  }

  async toTheEnd() {
    await this.page.goto('/');
    await this.page.evaluate(() => sessionStorage.clear());
    await this.page.goto(`/?landlord=${this.random.one(['halton', 'example'])}`);
    await this.page.locator('[data-screen]').waitFor();
    for (let screens = 0; screens < MOST_SCREENS; screens++) {
      const look = await this.look();
      this.path.push(look.address);
      if (look.screen === 'sent') return;
      await this.step(look);
    }
    throw new Error('it does not end');
  }

  /** What is on the screen, and that what must be there is. */
  async look() {
    const look = await this.page.evaluate(() => {
      const root = document.querySelector('housing-complaint').shadowRoot;
      const screens = root.querySelectorAll('[data-screen]');
      const rights = [...root.querySelectorAll('[data-screen] [data-rights]')].filter((it) => it.checkVisibility());
      const forms = root.querySelectorAll('form');
      const heading = screens[0]?.querySelector('[part=heading]');
      if (heading) heading.wasSeen = true;
      return {
        screens: screens.length,
        screen: screens[0]?.dataset.screen,
        key: screens[0]?.dataset.key,
        rights: rights.map((it) => it.innerText),
        submits: [...forms].map((it) => it.querySelectorAll('button[type=submit]').length),
        actions: [...root.querySelectorAll('[data-action]')].map((it) => it.dataset.action),
        ways: [...root.querySelectorAll('[data-action=choose]')].map((it) => it.dataset.value),
      };
    });
    expect(look.screens, 'screens at once').toBe(1);
    expect(look.rights, 'rights in sight').toHaveLength(1);
    expect(look.rights[0]).toContain('0300 111 3000');
    expect(look.rights[0]).toMatch(/www\.housing-ombudsman\.org\.uk/);
    if (look.screen === 'question' || look.screen === 'check') expect(look.submits).toEqual([1]);
    if (look.screen === 'advice' && look.ways.length > 1) expect(look.ways).toContain('complaint');
    look.address = [look.screen, look.key].filter(Boolean).join(':');
    return look;
  }

  async step({ screen, actions, ways }) {
    const { random } = this;
    if (screen === 'start') return this.press('[data-action=start]');
    if (screen === 'sending') return this.nextScreen();
    if (screen === 'not-sent') return this.press('[data-action=retry]');
    if (actions.includes('back') && random.chance(0.06)) return this.back();
    if (random.chance(0.04)) return this.browserBack();
    if (screen === 'advice') return this.press(`[data-action=choose][data-value="${random.one(ways)}"]`);
    if (screen === 'question') await this.answer();
    else if (actions.includes('change') && random.chance(0.3)) return this.press('[data-action=change]');
    return this.press('button[type=submit]');
  }

  /** Answers every control of the page, mostly. */
  async answer() {
    const controls = await this.page.evaluate(() => {
      const screen = document.querySelector('housing-complaint').shadowRoot.querySelector('[data-screen]');
      return [...screen.querySelectorAll('input, textarea')].map((it) => ({ type: it.type, name: it.name }));
    });
    const radios = new Set();
    const todo = controls.map(({ type, name }, at) => {
      if (type === 'radio') return radios.add(name) && null;
      if (type === 'checkbox') return { at, press: this.random.chance(0.4) };
      return this.random.chance(0.85) ? { at, text: this.text(type) } : null;
    }).filter(Boolean);
    for (const name of radios) {
      const group = controls.flatMap((it, at) => (it.type === 'radio' && it.name === name ? [at] : []));
      if (this.random.chance(0.95)) todo.push({ at: this.random.one(group), press: true });
    }
    for (const { at, press, text } of todo) {
      const control = this.page.locator('[data-screen]').locator('input, textarea').nth(at);
      if (text !== undefined) await control.fill(text);
      else if (press) await control.dispatchEvent('click');
    }
  }

  text(type) {
    const plain = ['Jo', 'no heating', '12 Example Street\nExampleton', '<b>&amp;', '🏚️ עזרה', ' ', 'a'.repeat(500)];
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
