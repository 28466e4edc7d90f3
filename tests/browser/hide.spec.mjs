// *Hide this page*: for residents whom somebody must not see at it.

import { axe } from './support/axe.mjs';
import { test as base, expect } from './support/elsewhere.mjs';
import { Keyboard, SUBMIT, action } from './support/hands.mjs';
import { strictest } from './support/host-page.mjs';
import { intercept, signal } from './support/moments.mjs';
import { PLAIN, Resident, newWords, saying } from './support/resident.mjs';
import { heard } from './support/watch.mjs';
import { say } from './support/words.mjs';

const NEUTRAL = 'https://www.bbc.co.uk/weather';
const HIDE = action('hide');
const RISKY = { danger: ['yes'] };

const test = base.extend({
  /** How often the neutral page was asked for. */
  neutral: [async ({ context }, use) => {
    const asked = [];
    await context.route(NEUTRAL, (route) => {
      asked.push(route.request().url());
      return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Weather</title><h1>Rain later</h1>' });
    });
    await use(asked);
  }, { auto: true }],
});

/** To the page with the largest box, with words in it that are not sent off with *Continue*. */
async function writes(resident, address) {
  const words = newWords('Do not let him read this');
  await resident.opens(address);
  await resident.skipsTo('question:account', saying(words, RISKY));
  await resident.answers({ account: [words] });
  return words;
}

const voice = (page) => page.locator('housing-complaint .voice');

/** Everything that this tab, or the device, keeps for this website. */
async function kept(page) {
  return page.evaluate(async () => {
    const texts = [window.name, JSON.stringify({ ...sessionStorage }), JSON.stringify({ ...localStorage }), JSON.stringify(history.state)];
    for (const { name } of await indexedDB.databases()) {
      const request = indexedDB.open(name);
      await new Promise((done) => { request.onsuccess = done; });
      for (const list of request.result.objectStoreNames) {
        const rows = request.result.transaction(list).objectStore(list).getAll();
        await new Promise((done) => { rows.onsuccess = done; });
        texts.push(...rows.result.map((row) => `a row: ${JSON.stringify(row)}`));
      }
      request.result.close();
    }
    return texts.join('\n');
  });
}

/** The neutral page is there, and neither Back nor a search brings the words back. */
async function expectGone(page, words, { tries = 3 } = {}) {
  await page.waitForURL(NEUTRAL);
  await expect(page.getByRole('heading')).toHaveText('Rain later');
  for (let back = 0; back < tries; back++) {
    const answer = await page.goBack();
    if (!answer && page.url() === 'about:blank') break;
    await expectForgotten(page, words);
  }
  await page.reload();
  await expectForgotten(page, words);
}

async function expectForgotten(page, words) {
  if (page.url() === NEUTRAL || page.url() === 'about:blank') return;
  const resident = new Resident(page);
  await resident.isOpen();
  const everything = (await page.content()) + (await resident.text()) + (await kept(page));
  expect(everything.includes(words)).toBe(false);
  // Back may lead to a page of the form, which begins a new draft then; nothing is answered there.
  if ((await resident.at()) !== 'start') {
    expect([await resident.at(), await resident.shown()]).toEqual(['question:danger', { danger: [] }]);
    return;
  }
  await expect(resident.screen.locator(action('start'))).toHaveText(say('action.start'));
  expect(await kept(page)).not.toContain('a row');
  expect(await page.evaluate(() => [window.name, sessionStorage.length, localStorage.length])).toEqual(['', 0, 0]);
}

// --- When it is offered ------------------------------------------------------------------------------------

test('the button is there from the page on after danger was spoken of, and explained before it is used', async ({ resident, page }) => {
  await resident.opens();
  await resident.starts();
  await resident.answers(RISKY);
  await expect(resident.screen.locator(HIDE)).toHaveCount(0);
  await resident.continues();
  const button = resident.screen.locator(HIDE);
  await expect(button).toHaveText(say('hide.button'));
  for (const part of ['what', 'keys', 'history', 'safety']) {
    await expect(resident.screen.getByText(say(`hide.about.${part}`))).toBeVisible();
  }
  await expect(voice(page)).toHaveText(say('hide.offered'));
  await expect(resident.screen.locator('[part=heading]'), 'where the resident goes on reading').toBeFocused();
  expect((await button.boundingBox()).height).toBeGreaterThanOrEqual(44);
  expect(await axe(page)).toEqual([]);

  await resident.skipsTo('question:topics', { ...PLAIN, ...RISKY });
  await expect(resident.screen.getByText(say('hide.about.what')), 'said once').toBeHidden();
  await resident.screen.getByText(say('hide.about.title')).click();
  await expect(resident.screen.getByText(say('hide.about.what'))).toBeVisible();
  await page.reload();
  await resident.comesTo('question:topics');
  await expect(button).toBeVisible();
  await expect(resident.screen.getByText(say('hide.about.what'))).toBeHidden();
});

const REASONS = {
  'a neighbour': { topics: ['anti_social_behaviour'] },
  'how staff behaved': { topics: ['staff'] },
  'what was written': { account: ['He hits me when the heating is off.'] },
};

for (const [what, answers] of Object.entries(REASONS)) {
  test(`it is offered up to the receipt where it is about ${what}`, async ({ resident }) => {
    await resident.opens();
    await resident.skipsTo('check', { ...PLAIN, ...answers });
    await expect(resident.screen.locator(HIDE)).toBeVisible();
    await resident.sends();
    await resident.reference();
    await expect(resident.screen.locator(HIDE)).toBeVisible();
  });
}

test('who reports a dripping tap is not bothered with it', async ({ resident, page, neutral }) => {
  await resident.opens();
  await resident.skipsTo('check');
  await expect(resident.screen.locator(HIDE)).toHaveCount(0);
  for (let press = 0; press < 4; press++) await page.keyboard.press('Escape');
  await new Promise((later) => { setTimeout(later, 300); });
  expect(neutral).toEqual([]);
  expect(await resident.at()).toBe('check');
});

test('it stays in sight below what the page has pinned, comes first by Tab, and covers nothing that has focus', async ({ resident, page }) => {
  await resident.opens();
  await page.evaluate(() => {
    const bar = document.createElement('div');
    bar.style.cssText = 'position: fixed; inset: 0 0 auto; height: 80px; background: gold; z-index: 9';
    document.body.append(bar);
  });
  await page.setViewportSize({ width: 1280, height: 500 });
  await resident.skipsTo('question:topics', { ...PLAIN, ...RISKY });
  const first = await page.evaluate(() => {
    const { shadowRoot } = document.querySelector('housing-complaint');
    return shadowRoot.querySelector('a, button, input, textarea, summary').dataset.action;
  });
  expect(first).toBe('hide');
  const button = resident.screen.locator(HIDE);
  const options = resident.screen.locator('input');
  for (const at of [await options.count() - 1, 3, 6, 0]) {
    await options.nth(at).focus();
    await expect.poll(async () => {
      const [bar, option] = await Promise.all([button.boundingBox(), options.nth(at).boundingBox()]);
      return bar.y >= 79 && bar.y + bar.height < 500 && (option.y >= bar.y + bar.height || option.y + option.height <= bar.y);
    }, `option ${at}`).toBe(true);
  }
});

test('whoever asks for it has it, and explained, on every page from there on', async ({ resident, page }) => {
  await resident.opens();
  await resident.skipsTo('question:topics');
  await expect(resident.screen.locator(HIDE)).toHaveCount(0);
  await resident.presses('keep');
  await resident.screen.getByText(say('hide.offer'), { exact: true }).click();
  await expect(resident.screen.locator(HIDE)).toBeVisible();
  await expect(resident.screen.getByText(say('hide.about.safety'))).toBeVisible();
  expect(await axe(page)).toEqual([]);
  await page.reload();
  await resident.comesTo('question:topics');
  await expect(resident.screen.locator(HIDE)).toBeVisible();
  const reference = await resident.complains();
  expect(reference).toBeTruthy();
  await expect(resident.screen.locator(HIDE)).toBeVisible();
  await resident.hands.press(HIDE);
  await page.waitForURL(NEUTRAL);
});

// --- Hiding ------------------------------------------------------------------------------------------------

test('one press with a mouse, and nothing brings it back', async ({ resident, page }) => {
  const words = await writes(resident);
  await resident.hands.press(HIDE);
  await expectGone(page, words);
});

test('by keyboard alone', async ({ page }) => {
  const resident = new Resident(page, { hands: Keyboard });
  const words = await writes(resident);
  await page.keyboard.press('Shift+Tab');
  await resident.hands.press(HIDE);
  await expectGone(page, words);
});

test('Esc three times, in the middle of a sentence, is counted aloud and hides the page', async ({ resident, page }) => {
  const words = await writes(resident);
  await resident.screen.locator('[name=account]').focus();
  await page.keyboard.press('Escape');
  await expect(voice(page)).toHaveText(say('hide.pressed.once'));
  await page.keyboard.press('Escape');
  await expect(voice(page)).toHaveText(say('hide.pressed.twice'));
  await page.keyboard.press('Escape');
  await expectGone(page, words);
});

test('Esc three times works wherever on the page the focus is', async ({ resident, page }) => {
  const words = await writes(resident);
  await page.evaluate(() => { document.querySelector('housing-complaint').shadowRoot.activeElement.blur(); });
  for (let press = 0; press < 3; press++) await page.keyboard.press('Escape');
  await expectGone(page, words);
});

test('Esc now and then, or held down, hides nothing', async ({ resident, page, neutral }) => {
  await page.clock.install();
  await writes(resident);
  await resident.screen.locator('[name=account]').focus();
  for (let press = 0; press < 4; press++) {
    await page.keyboard.press('Escape');
    await page.clock.runFor(2600);
  }
  await page.clock.runFor(6000);
  for (let press = 0; press < 20; press++) await page.keyboard.down('Escape');
  await page.keyboard.up('Escape');
  await page.clock.runFor(1000);
  expect(neutral).toEqual([]);
  expect(await resident.at()).toBe('question:account');
});

test('Esc that closes a dialog or a menu of the page is not counted', async ({ resident, page, neutral }) => {
  const words = await writes(resident);
  await page.evaluate(() => {
    const dialog = document.createElement('dialog');
    dialog.append('Cookies?');
    document.body.append(dialog);
    dialog.showModal();
    const menu = document.createElement('button');
    menu.id = 'menu';
    menu.addEventListener('keydown', (event) => { if (event.key === 'Escape') event.preventDefault(); });
    document.body.append(menu);
  });
  await page.keyboard.press('Escape');
  await expect(page.locator('dialog')).toBeHidden();
  await page.locator('#menu').focus();
  for (let press = 0; press < 4; press++) await page.keyboard.press('Escape');
  await new Promise((later) => { setTimeout(later, 300); });
  expect(neutral).toEqual([]);
  await resident.screen.locator('[name=account]').focus();
  for (let press = 0; press < 3; press++) await page.keyboard.press('Escape');
  await expectGone(page, words);
});

test('what was kept on the device goes too', async ({ resident, page }) => {
  const words = await writes(resident);
  await resident.presses('keep');
  await resident.hands.press(action('keep_device'));
  await expect(resident.screen.locator(action('keep_tab'))).toBeVisible();
  expect(await kept(page)).toContain('a row');
  await resident.hands.press(HIDE);
  await expectGone(page, words);
});

test('while it is being sent', async ({ resident, page }) => {
  const never = signal();
  await intercept(page, async (route) => {
    await never.given;
    return route.abort().catch(() => {});
  });
  const words = newWords();
  await resident.opens();
  await resident.skipsTo('check', saying(words, RISKY));
  await resident.sends();
  await resident.comesTo('sending');
  await resident.hands.press(HIDE);
  await page.waitForURL(NEUTRAL);
  never.give();
  await expectGone(page, words);
});

test('after the program has stopped: by the button, and by Esc', async ({ resident, page, trouble }) => {
  for (const way of ['button', 'keys']) {
    const words = await writes(resident);
    await page.evaluate(() => {
      const { insertBefore } = Node.prototype;
      Node.prototype.insertBefore = function () {
        Node.prototype.insertBefore = insertBefore;
        throw new DOMException('The node is not a child of this node.', 'NotFoundError');
      };
    });
    await resident.screen.locator(SUBMIT).click();
    await resident.comesTo('failed');
    await expect(resident.screen.locator(HIDE)).toBeVisible();
    if (way === 'button') await resident.hands.press(HIDE);
    else for (let press = 0; press < 3; press++) await page.keyboard.press('Escape');
    await expectGone(page, words);
    trouble.splice(0);
  }
});

test('before the program is there again, after a reload', async ({ resident, page }) => {
  const words = await writes(resident);
  const never = signal();
  await page.route('**/*.wasm', async (route) => {
    await never.given;
    return route.abort().catch(() => {});
  });
  await page.reload();
  await expect(page.locator('housing-complaint .first').locator(HIDE)).toBeVisible();
  await page.locator('housing-complaint').locator(HIDE).click();
  await page.waitForURL(NEUTRAL);
  never.give();
  await page.unrouteAll();
  await expectGone(page, words);
});

test('where nothing is kept, nobody is asked whether to leave', async ({ resident, page }) => {
  await writes(resident, '/?drafts=off');
  await resident.hands.press(HIDE);
  await page.waitForURL(NEUTRAL);
});

test('a page that the browser brings back as it was left goes away again', async ({ resident, page, context, neutral }) => {
  await writes(resident);
  await context.unroute(NEUTRAL);
  await context.route(NEUTRAL, (route) => {
    neutral.push(route.request().url());
    return route.fulfill({ status: 204, body: '' });
  });
  await resident.hands.press(HIDE);
  await expect.poll(() => neutral.length).toBe(1);
  const left = await page.evaluate(() => ({
    isShown: document.body.getClientRects().length > 0, inside: document.querySelector('housing-complaint').shadowRoot.childNodes.length, title: document.title.trim(),
  }));
  expect(left.isShown).toBe(false);
  expect(left.inside).toBe(0);
  expect(left.title).not.toMatch(/\w/);
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
  await expect.poll(() => neutral.length).toBe(2);
});

// --- Other websites ------------------------------------------------------------------------------------------

const page = (widget, more = '') => `<main><housing-complaint landlord="${widget}/landlords/halton.json" ${more}></housing-complaint>
  <script src="${widget}/housing-complaint/v1/housing-complaint.js" async></script><button>Search</button></main>`;

test('under the strictest policy', async ({ elsewhere, resident, page: tab }) => {
  const { site, widget } = elsewhere;
  site.policy = strictest(widget);
  site.body = page(widget);
  const words = await writes(resident, site.origin);
  await resident.hands.press(HIDE);
  await expectGone(tab, words);
});

for (const way of ['the button', 'Esc inside', 'Esc outside']) {
  test(`in a frame, the whole page goes: ${way}`, async ({ elsewhere, page: tab, context }) => {
    const { site, widget } = elsewhere;
    site.policy = strictest(widget).replace(" 'wasm-unsafe-eval'", '') + `; frame-src ${widget}`;
    site.body = page(widget, 'mode="frame"');
    await tab.goto(site.origin);
    const frame = await (await tab.waitForSelector('housing-complaint iframe', { state: 'attached' })).contentFrame();
    const resident = new Resident(frame);
    await resident.isOpen();
    const words = newWords();
    await resident.skipsTo('question:account', saying(words, RISKY));
    await resident.answers({ account: [words] });
    const outside = tab.locator('housing-complaint .around-frame').locator(HIDE);
    await expect(outside).toBeVisible();
    await expect(resident.screen.locator(HIDE), 'one button is enough').toBeHidden();
    expect(await axe(tab)).toEqual([]);
    if (way === 'the button') {
      await outside.click();
    } else {
      if (way === 'Esc inside') await resident.screen.locator('[name=account]').focus();
      else await tab.getByText('Search').focus();
      for (let press = 0; press < 3; press++) await tab.keyboard.press('Escape');
    }
    await tab.waitForURL(NEUTRAL);
    await tab.goto(site.origin);
    const again = new Resident(await (await tab.waitForSelector('housing-complaint iframe', { state: 'attached' })).contentFrame());
    await again.isOpen();
    expect(await again.at()).toBe('start');
    await expect(again.screen.locator(action('start'))).toHaveText(say('action.start'));
    expect(await kept(again.page)).not.toMatch(/a row|housing-complaint/);
    expect(await heard(tab, 'hc-error')).toEqual([]);
    await context.unroute(NEUTRAL);
  });
}
