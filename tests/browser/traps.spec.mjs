// The form breaks in the middle of something. What was typed, to the last letter, is there to be kept and comes back.

import { readFile } from 'node:fs/promises';

import { SUBMIT, action } from './support/hands.mjs';
import { intercept, signal } from './support/moments.mjs';
import { expectRescue } from './support/rescue.mjs';
import { LEAST, PLAIN, newWords } from './support/resident.mjs';
import { test as base, expect } from './support/test.mjs';
import { LONGEST } from './support/tour.mjs';
import { heard } from './support/watch.mjs';

const test = base.extend({
  /** `trap()`: what somebody does next, a letter or a press, ends in a trap before the wasm has done anything;
   * `trap('now')`: so does the next call into it, whatever it comes from. */
  trap: async ({ page, trouble }, use) => {
    await page.addInitScript(trappable);
    await use((when) => page.evaluate((isNow) => {
      if (isNow) window.trapNext = true;
      const doings = ['input', 'click'];
      const arm = () => {
        window.trapNext = true;
        for (const it of doings) window.removeEventListener(it, arm, true);
      };
      if (!isNow) for (const it of doings) window.addEventListener(it, arm, true);
    }, when === 'now'));
    // The page hears of it as of any error of a script.
    const others = trouble.filter((it) => !it.includes('RuntimeError: unreachable'));
    trouble.splice(0, trouble.length, ...others);
  },
});

/** Runs in the page before everything. */
function trappable() {
  for (const name of ['instantiate', 'instantiateStreaming']) {
    const make = WebAssembly[name];
    WebAssembly[name] = async function (...given) {
      const made = await make.apply(this, given);
      const { exports } = made.instance ?? made;
      const wrapped = {};
      for (const [key, it] of Object.entries(exports)) {
        wrapped[key] = typeof it !== 'function' ? it : (...values) => {
          if (window.trapNext) {
            window.trapNext = false;
            throw new WebAssembly.RuntimeError('unreachable');
          }
          return it(...values);
        };
      }
      const instance = Object.create(WebAssembly.Instance.prototype, { exports: { value: wrapped } });
      return made.instance ? { instance, module: made.module } : instance;
    };
  }
}

/** What the rescue screen offers as a file; nothing where it offers none. */
async function offered(resident) {
  const button = resident.screen.locator(action('download'));
  if (!(await button.count())) return '';
  const [download] = await Promise.all([resident.page.waitForEvent('download'), button.click()]);
  return readFile(await download.path(), 'utf8');
}

/** Does the last thing that somebody does on a screen: a letter more, or one more press. Says what is there then. */
async function oneMore(resident, at) {
  const { screen, page } = resident;
  const boxes = screen.locator('input[type=text], input[type=email], input[type=tel], textarea');
  if (await boxes.count()) {
    const box = boxes.last();
    await box.focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('Z');
  } else if (await screen.locator('input').count()) {
    await screen.locator('label').last().click();
  } else {
    await screen.locator(at === 'start' ? action('start') : at === 'check' ? SUBMIT : action('choose')).first().click();
  }
}

const BOXES = Object.entries({ ...PLAIN, ...LONGEST }).filter(([name, [value]]) => value && /[ @]/.test(value) && name !== 'choices').map(([name]) => name);

for (const drafts of ['tab', 'off']) {
  test(`a trap on any screen loses no letter, with drafts ${drafts}`, async ({ resident, trap, page, service }) => {
    test.setTimeout(240_000);
    const account = newWords();
    const answers = { ...LONGEST, account: [account] };
    await resident.opens(`/?drafts=${drafts}`);
    await page.waitForFunction(() => window.heard.some((it) => it.name === 'hc-ready'));
    const typed = new Map();
    const met = [];
    for (let pages = 0; pages < 40; pages++) {
      const at = await resident.at();
      met.push(at);
      if (at.startsWith('question:')) await resident.answers(answers);
      await trap();
      // What is there the moment before the form breaks is what was typed.
      await page.evaluate(() => {
        const root = document.querySelector('housing-complaint').shadowRoot;
        const look = () => {
          window.lastShown = {};
          for (const it of root.querySelectorAll('input[name], textarea[name]')) {
            const values = (window.lastShown[it.name] ??= []);
            if (/radio|checkbox/.test(it.type) ? it.checked : it.value) values.push(it.value);
          }
        };
        look();
        window.addEventListener('input', look, { capture: true, once: true });
      });
      await oneMore(resident, at);
      await expectRescue(resident);
      const shown = await page.evaluate(() => window.lastShown);
      for (const [name, values] of Object.entries(shown)) if (BOXES.includes(name)) typed.set(name, values[0] ?? '');
      const file = await offered(resident);
      for (const [name, text] of typed) expect(file, `${name} at ${at}`).toContain(text);

      await resident.hands.press(action('retry'));
      await resident.comesTo(at);
      expect(await resident.shown(), at).toEqual(shown);
      if (at === 'check') break;
      await resident.goesOn(answers);
      for (const name of Object.keys(shown)) if (typed.has(name)) typed.set(name, answers[name][0]);
    }
    expect(met.length).toBeGreaterThan(14);
    expect([...typed.keys()]).toEqual(expect.arrayContaining(['account', 'effect', 'name', 'address', 'email', 'outcome_own_words']));
    await resident.sends();
    expect(service.row(await resident.reference()).record).toMatchObject({ account, effect: PLAIN.effect[0], triage: { route: 'complaint' } });
  });
}

test('a trap while it is being sent keeps everything, and sends nothing twice', async ({ resident, trap, page, service }) => {
  const account = newWords();
  const answered = signal();
  await intercept(page, async (route, number) => {
    if (number > 1) return route.continue();
    await route.fetch();
    await answered.given;
    return route.fulfill({ status: 201, body: '{}' });
  });
  await resident.opens();
  await resident.skipsTo('check', { ...LEAST, account: [account] });
  await resident.sends();
  await resident.comesTo('sending');
  await trap('now');
  answered.give();
  await expectRescue(resident);
  expect(await offered(resident)).toContain(account);
  await resident.hands.press(action('retry'));
  await resident.reference();
  expect(service.rowsAbout(account)).toHaveLength(1);
});

test('a panic of the form’s own, in the middle of drawing a page, loses nothing', async ({ resident, page, service, trouble }) => {
  const account = newWords();
  await resident.opens();
  await resident.skipsTo('question:account');
  await resident.answers({ account: [account] });
  await page.evaluate(() => {
    const { insertBefore } = Node.prototype;
    Node.prototype.insertBefore = function () {
      Node.prototype.insertBefore = insertBefore;
      throw new DOMException('The node is not a child of this node.', 'NotFoundError');
    };
  });
  await resident.screen.locator(SUBMIT).click();
  await expectRescue(resident);
  expect(await offered(resident)).toContain(account);
  await resident.hands.press(action('retry'));
  await resident.screen.waitFor();
  await resident.skipsTo('check', { ...LEAST, account: [account] });
  await resident.sends();
  expect(service.row(await resident.reference()).record.account).toBe(account);
  trouble.splice(0, trouble.length, ...trouble.filter((it) => !it.includes('RuntimeError: unreachable')));
});

test('a trap in one form leaves another one on the page with what was typed', async ({ resident, page, trap }) => {
  await resident.opens();
  await page.evaluate(() => window.HousingComplaint.mount('main', { landlord: '/landlords/example.json' }));
  const other = new resident.constructor(page, { within: 'housing-complaint[landlord="/landlords/example.json"]' });
  const first = new resident.constructor(page, { within: 'housing-complaint[endpoint]' });
  await other.screen.waitFor();
  for (const [one, words] of [[first, 'mine'], [other, 'theirs']]) {
    await one.skipsTo('question:account');
    await one.answers({ account: [words] });
  }
  await first.screen.locator('textarea').first().focus();
  await trap();
  await page.keyboard.type('Z');
  for (const [one, words] of [[first, 'Z'], [other, 'theirs']]) {
    await one.comesTo('failed');
    expect(await offered(one)).toContain(words);
    await one.hands.press(action('retry'));
    await one.comesTo('question:account');
    expect((await one.shown()).account[0]).toContain(words);
  }
});

// --- It can't even begin ------------------------------------------------------------------------------------

const POOR = {
  'has no memory left': {
    run: () => {
      for (const name of ['instantiate', 'instantiateStreaming', 'compile', 'compileStreaming']) {
        WebAssembly[name] = () => Promise.reject(new RangeError('WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance'));
      }
      WebAssembly.Instance = function () { throw new RangeError('Out of memory'); };
    },
    code: 'wasm_failed',
  },
  'has no WebAssembly': { run: () => { delete window.WebAssembly; }, code: 'wasm_missing' },
  'has no custom elements': { run: () => { Object.defineProperty(window, 'customElements', { value: undefined }); } },
};

for (const [what, { run, code }] of Object.entries(POOR)) {
  test(`a browser that ${what} shows whom to phone, and the page goes on as it was`, async ({ resident, page }) => {
    await page.addInitScript(run);
    await page.goto('/');
    if (code) {
      await expectRescue(resident);
      expect((await heard(page, 'hc-error'))[0]).toEqual({ code });
    } else {
      await page.waitForLoadState('networkidle');
      await expect(page.getByRole('heading', { name: 'Ways to complain' })).toBeVisible();
    }
    // The page is neither covered nor held up.
    await page.locator('.skip').focus();
    await page.keyboard.press('Enter');
    expect(page.url()).toContain('#content');
    await page.locator('footer').click();
  });
}

test('memory that ends while somebody types is as good as a trap', async ({ resident, page, trap, trouble }) => {
  await resident.opens();
  await resident.skipsTo('question:account');
  await resident.answers({ account: ['half a sentence'] });
  await page.evaluate(() => {
    const { RuntimeError } = WebAssembly;
    WebAssembly.RuntimeError = function () {
      WebAssembly.RuntimeError = RuntimeError;
      return new RangeError('Out of memory');
    };
  });
  await trap();
  await resident.screen.locator('textarea').first().focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('Z');
  await expectRescue(resident);
  expect(await offered(resident)).toContain('half a sentenceZ');
  await resident.hands.press(action('retry'));
  await resident.comesTo('question:account');
  expect((await resident.shown()).account).toEqual(['half a sentenceZ']);
  trouble.splice(0, trouble.length, ...trouble.filter((it) => !it.includes('Out of memory')));
});
