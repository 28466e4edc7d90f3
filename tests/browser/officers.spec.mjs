// The officers' pages, in a browser without scripts, by keyboard alone, and in every look.

import { readFileSync } from 'node:fs';

import { axe } from './support/axe.mjs';
import { EVERYTHING, complains, officersKey, toldBefore } from './support/desk.mjs';
import { path } from './support/paths.mjs';
import { expect, test } from './support/test.mjs';

const WORDS = JSON.parse(readFileSync(path('locales/service/en.json'), 'utf8'));

function say(key, filled = {}) {
  if (!(key in WORDS)) throw new Error(`locales/service/en.json has no ${key}`);
  return WORDS[key].replace(/\{(\w+)\}/g, (_, name) => filled[name]);
}

async function signsIn(page, service, name) {
  await page.goto('/officers');
  await page.getByLabel(say('officers.sign_in.key'), { exact: true }).fill(await officersKey(service, name));
  await page.getByRole('button', { name: say('officers.sign_in.key.send') }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(say('officers.list.title'));
}

async function presses(page, key, times = 1) {
  for (let at = 0; at < times; at += 1) await page.keyboard.press(key);
}

/** Goes on with the Tab key until this has the focus. */
async function tabsTo(page, target) {
  for (let at = 0; at < 60; at += 1) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((it) => it === document.activeElement)) return;
  }
  throw new Error(`the Tab key does not lead to ${target}`);
}

// --- Without scripts, by keyboard ------------------------------------------------------------------

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('a case goes by keyboard from the sign-in to the answer', async ({ page, service }) => {
    const { reference } = await complains(service, EVERYTHING);
    const key = await officersKey(service);
    await page.goto('/officers');
    await tabsTo(page, page.getByLabel(say('officers.sign_in.key'), { exact: true }));
    await page.keyboard.type(key);
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/officers$/);

    await tabsTo(page, page.locator('#reference'));
    await page.keyboard.type(reference.toLowerCase().replaceAll('-', ' '));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(reference);
    const first = page.locator('.first');
    for (const text of ['Large print', 'Polski', 'Ring twice.', 'Ann Example', say('officers.flag.danger_now')]) {
      await expect(first).toContainText(text);
    }

    await tabsTo(page, page.getByRole('link', { name: say('officers.act.acknowledge') }));
    await page.keyboard.press('Enter');
    await tabsTo(page, page.locator('#text'));
    await page.keyboard.type('Mould in the bedroom since March.');
    await tabsTo(page, page.getByRole('button', { name: say('officers.act.acknowledge.go') }));
    await page.keyboard.press('Enter');
    await expect(page.getByRole('status')).toContainText(say('officers.done.acknowledge'));
    // Loading the page again sends nothing again.
    await page.reload();
    await expect(page.locator('.history > li', { hasText: say('officers.event.acknowledge') })).toHaveCount(1);

    await tabsTo(page, page.getByRole('link', { name: say('officers.act.respond') }));
    await page.keyboard.press('Enter');
    await tabsTo(page, page.locator('#text'));
    await page.keyboard.type('We will treat the mould on Monday.');
    await presses(page, 'Tab', 2);
    await page.keyboard.press('Enter');
    await expect(page.getByRole('status')).toContainText(say('officers.done.respond'));
    await expect(page.locator('h1 + .due')).toHaveText(say('officers.status.responded'));
  });

  test('what is missing is said first on the page, has the focus, and leads to its field', async ({ page, service }) => {
    const { reference } = await complains(service);
    await signsIn(page, service);
    await page.goto(`/officers/cases/${reference}/extend`);
    await page.locator('#text').fill('A part is missing.');
    await page.getByRole('button', { name: say('officers.act.extend.go') }).click();
    const summary = page.locator('.errors');
    await expect(summary).toBeFocused();
    await expect(page).toHaveTitle(/^Error: /);
    await page.keyboard.press('Tab');
    await expect(summary.getByRole('link')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.locator('#until')).toBeFocused();
    await expect(page.locator('#until')).toHaveAccessibleDescription(new RegExp(say('officers.problem.until.missing')));
    await expect(page.locator('#text')).toHaveValue('A part is missing.');
  });

  test('two officers at once: the second reads what the first did, and keeps the own words', async ({ page, context, service }) => {
    const { reference } = await complains(service);
    await signsIn(page, service, 'Kim Officer');
    const first = page;
    const second = await context.newPage();
    for (const it of [first, second]) await it.goto(`/officers/cases/${reference}/acknowledge`);
    await first.locator('#text').fill('There is mould.');
    await first.getByRole('button', { name: say('officers.act.acknowledge.go') }).click();
    await expect(first.getByRole('status')).toBeVisible();
    await second.locator('#text').fill('Mould, and nobody came.');
    await second.getByRole('button', { name: say('officers.act.acknowledge.go') }).click();
    await expect(second.locator('.errors')).toContainText(say('officers.problem.news'));
    await expect(second.locator('.news')).toContainText('There is mould.');
    await expect(second.locator('#text')).toHaveValue('Mould, and nobody came.');
  });

  test('signing out ends it, also for a page that is still open', async ({ page, context, service }) => {
    await signsIn(page, service);
    const other = await context.newPage();
    await other.goto('/officers?show=all');
    await page.getByRole('button', { name: say('officers.sign_out') }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(say('officers.sign_in.title'));
    await other.reload();
    await expect(other.getByRole('heading', { level: 1 })).toHaveText(say('officers.sign_in.title'));
  });
});

// --- Looks -----------------------------------------------------------------------------------------

const LOOKS = {
  'on a wide screen': { width: 1280, media: {} },
  'on a telephone': { width: 320, media: {} },
  'in the dark on a telephone': { width: 320, media: { colorScheme: 'dark' } },
  'in colours of their own': { width: 768, media: { forcedColors: 'active' } },
};

/** Every page, and what is wrong on it, as `looks` sees it. */
async function tour(page, service, looks) {
  const look = async (at) => {
    // With its styles: a form's answer is read before they are there.
    await page.waitForLoadState('load');
    await looks(at);
  };
  await complains(service, toldBefore(40));
  await complains(service, { account: 'x'.repeat(300) });
  const { reference } = await complains(service, EVERYTHING);
  await page.goto('/officers/enter/over');
  await look('a link that is over');
  await page.goto('/officers/sign-in');
  await look('sign in');
  await page.locator('#key').fill('hck_wrong');
  await page.keyboard.press('Enter');
  await expect(page.locator('.errors')).toBeVisible();
  await look('sign in with a problem');
  await signsIn(page, service);
  await expect(page.getByRole('heading', { name: say('officers.due.late'), exact: true })).toBeVisible();
  await look('list');
  await page.goto('/officers?show=all');
  await look('all');
  await page.goto('/officers/find?reference=none');
  await look('not found');
  await page.goto('/officers/cases/F22-F22-F22');
  await look('no such case');
  for (const action of ['acknowledge', 'respond', 'extend', 'decline', 'message']) {
    await page.goto(`/officers/cases/${reference}/${action}`);
    await look(action);
    await page.locator('main form button').click();
    await expect(page.locator('.errors')).toBeVisible();
    await look(`${action} with problems`);
  }
  await page.locator('#text').fill('We come on Monday.');
  await page.locator('main form button').click();
  await expect(page.getByRole('status')).toBeVisible();
  await look('case');
}

for (const [name, { width, media }] of Object.entries(LOOKS)) {
  test(`axe finds nothing wrong on any page, and nothing needs scrolling sideways, ${name}`, async ({ page, service }) => {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia(media);
    await tour(page, service, async (at) => {
      expect.soft(await axe(page), at).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect.soft(wide, at).toBe(0);
    });
  });
}

test('every target is at least 24 pixels high, and no page has a script', async ({ page, service }) => {
  await page.setViewportSize({ width: 320, height: 800 });
  await tour(page, service, async (at) => {
    const small = await page.evaluate(() => [...document.querySelectorAll('a, button, input:not([type=hidden]), textarea, summary')]
      .filter((it) => !it.matches('.skip'))
      .map((it) => ({ text: it.textContent || it.name, height: it.getBoundingClientRect().height }))
      .filter(({ height }) => height < 24));
    expect.soft(small, at).toEqual([]);
    expect.soft(await page.locator('script, [style], [onclick]').count(), at).toBe(0);
  });
});
