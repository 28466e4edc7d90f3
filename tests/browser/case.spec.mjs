// After sending: signing in with a reference and a code, and everything that a resident can do with a case.

import { readFile } from 'node:fs/promises';

import { axe } from './support/axe.mjs';
import { photo } from './support/files.mjs';
import { Keyboard, Mouse, SUBMIT, action } from './support/hands.mjs';
import { LEAST, Resident, newWords, saying } from './support/resident.mjs';
import { startService } from './support/service.mjs';
import { test as base, expect } from './support/test.mjs';
import { translate, translated } from './support/translator.mjs';
import { heard } from './support/watch.mjs';
import { say } from './support/words.mjs';

const test = base.extend({
  /** A service of the test's own, which it may stop. */
  own: async ({}, use) => {
    const service = await startService();
    await use(service);
    await service.close();
  },
});

const errors = (resident) => resident.screen.locator('[data-errors]');
const done = (resident) => resident.screen.locator('[data-done]');
const entries = (resident) => resident.screen.locator('.history li');
const form = (resident, name) => resident.screen.locator('form').filter({ has: resident.page.locator(`[name=${name}]`) });
const submit = (resident, name) => form(resident, name).locator(SUBMIT);

/** Sends a complaint (or another record), and notes what the page shows of it. */
async function sends(resident, address = '/', answers = saying(newWords())) {
  await resident.opens(address);
  const reference = await resident.complains(answers);
  const code = (await resident.screen.locator('.code-value').innerText()).trim();
  expect(code).toMatch(/^(\d{4} ){3}\d{4}$/);
  return { reference, code };
}

/** A new tab, with nothing kept, at signing in. */
async function comesBack(resident, { reference, code }, address = '/?start=track') {
  await resident.opensAnew(address);
  await resident.comesTo('sign-in');
  await resident.hands.write('reference', reference);
  await resident.hands.write('access_code', code);
  await resident.hands.press(SUBMIT);
  return resident;
}

/** What the service would say, were the landlord further. */
async function withCase(page, change) {
  await page.route('**/v1/cases/*', async (route) => {
    if (route.request().method() !== 'GET') return route.fallback();
    const answer = await route.fetch();
    const body = answer.ok() ? change(await answer.json()) : await answer.json();
    return route.fulfill({ response: answer, json: body });
  });
}

for (const [hand, hands] of Object.entries({ 'a mouse': Mouse, 'the keyboard alone': Keyboard })) {
  test(`with ${hand}, from the start page to a case, a message, and stage 2 in one press`, async ({ page }) => {
    const resident = new Resident(page, { hands });
    const own = await sends(resident);
    await resident.opensAnew('/');
    await resident.presses('track');
    await resident.comesTo('sign-in');
    await expect(resident.screen.locator('[part=heading]')).toBeFocused();
    // However it was copied.
    await resident.hands.write('reference', own.reference.toLowerCase().replaceAll('-', ' '));
    await resident.hands.write('access_code', own.code.replaceAll(' ', '-').replaceAll('0', 'O'));
    await resident.hands.press(SUBMIT);
    await resident.comesTo('case');
    await expect(resident.screen.locator('[part=heading]')).toBeFocused();
    await expect(resident.screen.locator('[data-reference]')).toHaveText(own.reference);

    const words = newWords('<b>And</b> the window');
    await resident.hands.write('account', words);
    await submit(resident, 'account').press('Enter');
    await expect(done(resident)).toHaveText(say('case.done.message'));
    await expect(done(resident)).toBeFocused();
    await expect(entries(resident).last()).toContainText(words);
    await expect(resident.screen.locator('[name=account]')).toHaveValue('');

    await resident.hands.press(action('stage2'));
    await expect(done(resident)).toHaveText(say('case.done.stage2'));
    await expect(resident.screen.locator('.receipt')).toContainText('2');
    await expect(resident.screen.locator(action('stage2'))).toHaveCount(0);

    const steps = await heard(page, 'hc-step');
    expect(steps.slice(-2)).toEqual(['sign-in', 'case'].map((screen) => ({ screen, key: undefined, route: undefined })));
    expect(JSON.stringify(await heard(page))).not.toContain(own.reference);
    expect(page.url()).not.toContain(own.reference);
    expect(await page.evaluate(() => JSON.stringify(history.state))).not.toContain(own.reference);
  });
}

test('from the receipt to the case nothing is typed, and Back leads to the receipt', async ({ resident, page }) => {
  const own = await sends(resident);
  await resident.presses('see_case');
  await resident.comesTo('case');
  await expect(resident.screen.locator('[data-reference]')).toHaveText(own.reference);
  await resident.isInHistory('case');
  await page.goBack();
  await resident.comesTo('sent');
  await page.goForward();
  await resident.comesTo('case');
  await page.reload();
  await resident.isOpen();
  await resident.comesTo('case');
  await expect(resident.screen.locator('[data-reference]')).toHaveText(own.reference);
});

test('on another device and on the page of another landlord a case is in the name of its own, and can be hidden', async ({ resident, page }) => {
  const answers = { ...saying(newWords('My ex still has a key')), topics: ['council_services'] };
  const own = await sends(resident, '/?landlord=rugby', answers);
  await comesBack(resident, own, '/?landlord=halton&start=track');
  await resident.comesTo('case');
  const names = { landlord: 'Rugby Borough Council', here: 'Halton Housing' };
  await expect(resident.screen).toContainText(say('case.other_landlord', names));
  await expect(resident.screen.locator('[data-rights]')).toContainText(say('rights.lgsco.instead'));
  await expect(resident.screen.locator(action('hide'))).toBeVisible();
  // Over a reload, too.
  await page.reload();
  await resident.isOpen();
  await resident.comesTo('case');
  await expect(resident.screen).toContainText(say('case.other_landlord', names));
  await expect(resident.screen.locator(action('hide'))).toBeVisible();
  expect(await axe(page)).toEqual([]);
});

test('the access code is shown until it was saved, and is in the copy after that', async ({ resident, page }) => {
  const { code } = await sends(resident);
  await resident.hands.press(action('saved_code'));
  await expect(resident.screen).not.toContainText(code);
  await page.reload();
  await resident.isOpen();
  await expect(resident.screen).not.toContainText(code);
  const saved = page.waitForEvent('download');
  await resident.hands.press(action('download'));
  expect(await readFile(await (await saved).path(), 'utf8')).toContain(code);
});

test('what is missing or wrong at signing in is said, and never which of the two', async ({ resident }) => {
  const own = await sends(resident);
  await resident.opensAnew('/?start=track');
  await resident.comesTo('sign-in');
  await resident.hands.press(SUBMIT);
  await expect(errors(resident)).toBeFocused();
  await expect(errors(resident).locator('a')).toHaveText([say('case.problem.reference'), say('case.problem.code')]);
  await errors(resident).locator('a').last().click();
  await expect(resident.screen.locator('[name=access_code]')).toBeFocused();
  const said = [];
  for (const [reference, code] of [[own.reference, '1234 5678 1234 5678'], ['K47-W92-F36', own.code]]) {
    await resident.hands.write('reference', reference);
    await resident.hands.write('access_code', code);
    await resident.hands.press(SUBMIT);
    await expect(errors(resident)).toContainText(say('case.failed.no_such_case'));
    await expect(errors(resident)).toBeFocused();
    said.push(await errors(resident).innerText());
    await resident.hands.write('access_code', '1');
    await resident.hands.press(SUBMIT);
    await expect(errors(resident)).toContainText(say('case.problem.code.short'));
  }
  expect(said[0]).toBe(said[1]);
});

test('after too many tries the page says when to try again', async ({ resident, page }) => {
  await resident.opens();
  await page.route('**/v1/cases/*', (route) => route.fulfill({ status: 429, headers: { 'Retry-After': '130' }, json: {} }));
  await comesBack(resident, { reference: 'K47-W92-F36', code: '1234 5678 1234 5678' });
  await expect(errors(resident)).toContainText(say('case.failed.busy', { minutes: '3' }));
});

test('a lost code is asked for by the reference alone, and nobody hears whether there is such a case', async ({ resident, page }) => {
  await page.route('**/v1/capabilities', (route) => route.fulfill({ json: { cases: true, mail: true } }));
  const asked = [];
  await page.route('**/v1/cases/*/code', (route) => {
    asked.push([route.request().url().split('/').at(-2), route.request().headers().authorization]);
    return route.fulfill({ status: 202, json: {} });
  });
  await resident.opens('/?start=track');
  await resident.hands.write('reference', 'k47w92f36');
  await resident.screen.locator('summary').click();
  await resident.hands.press(action('new_code'));
  await expect(done(resident)).toHaveText(say('case.done.code'));
  expect(asked).toEqual([['K47-W92-F36', undefined]]);
});

test('where no code can be e-mailed, the landlord is named, and no button', async ({ resident, page }) => {
  await page.route('**/v1/capabilities', (route) => route.fulfill({ json: { cases: true, mail: false } }));
  await resident.opens('/?start=track');
  await resident.screen.locator('summary').click();
  await expect(resident.screen.locator('.lost')).toContainText(say('sign_in.lost.only'));
  await expect(resident.screen.locator('.lost dd').first()).toBeVisible();
  await expect(resident.screen.locator(action('new_code'))).toHaveCount(0);
});

test('a message survives a service that is away, a reload, and goes out once', async ({ page, own, context }) => {
  const resident = new Resident(page);
  const sent = await sends(resident, own.url);
  await comesBack(resident, sent, `${own.url}?start=track`);
  await resident.comesTo('case');
  const words = newWords('Nobody came');
  await resident.hands.write('account', words);
  await context.setOffline(true);
  await submit(resident, 'account').click();
  await expect(errors(resident)).toContainText(say('case.failed.offline'));
  await expect(errors(resident)).toBeFocused();
  await context.setOffline(false);
  // The answer is lost, and the message is not.
  await page.route('**/messages', async (route) => {
    await route.fetch();
    await route.abort();
  }, { times: 1 });
  await submit(resident, 'account').click();
  await expect(errors(resident)).toContainText(say('case.failed.kept'));
  await page.reload();
  await resident.isOpen();
  await resident.comesTo('case');
  await expect(resident.screen.locator('[name=account]')).toHaveValue(words);
  await submit(resident, 'account').click();
  await expect(done(resident)).toHaveText(say('case.done.message'));
  await expect(entries(resident).filter({ hasText: words })).toHaveCount(1);
});

test('half a complaint waits where it was while a case is looked at', async ({ resident, page }) => {
  const own = await sends(resident);
  await resident.opensAnew('/');
  const account = newWords();
  await resident.skipsTo('question:account', LEAST);
  await resident.hands.write('account', account);
  for (let pages = 0; pages < 20 && (await resident.at()) !== 'start'; pages++) await resident.presses('back');
  await resident.presses('track');
  await resident.hands.write('reference', own.reference);
  await resident.hands.write('access_code', own.code);
  await resident.hands.press(SUBMIT);
  await resident.comesTo('case');
  await page.reload();
  await resident.isOpen();
  await resident.comesTo('case');
  await resident.presses('back');
  await resident.skipsTo('question:account', LEAST);
  await resident.shows({ account: [account] });
});

test('files go with a message, or alone, and become part of the case', async ({ resident, service }) => {
  const own = await sends(resident);
  await resident.presses('see_case');
  await resident.comesTo('case');
  const file = photo('door.jpg');
  await resident.screen.locator('#evidence').setInputFiles([file]);
  await expect(resident.screen.locator('[data-file]').filter({ hasText: 'door.jpg' })).toBeVisible();
  expect(service.files(own.reference)).toEqual([]);
  await submit(resident, 'account').click();
  await expect(done(resident)).toHaveText(say('case.done.files'));
  await expect.poll(() => service.files(own.reference).map((it) => it.name)).toEqual(['door.jpg']);
  await expect(resident.screen.locator('[data-file]')).toHaveCount(0);
});

test('somebody is added, and removed again, in one press each', async ({ resident }) => {
  const own = await sends(resident);
  await comesBack(resident, own);
  await resident.comesTo('case');
  await resident.screen.locator('summary').filter({ hasText: say('case.helpers.add') }).click();
  await submit(resident, 'representative_name').click();
  await expect(errors(resident).locator('a')).toHaveText([say('case.problem.name'), say('case.problem.contact')]);
  await resident.hands.write('representative_name', 'Ann Example');
  await resident.hands.write('representative_contact', '01632 960002');
  await submit(resident, 'representative_name').click();
  await expect(done(resident)).toHaveText(say('case.done.add_representative'));
  await expect(resident.screen.locator('.files li')).toContainText('Ann Example');
  await resident.hands.press('.file-ways ' + action('remove'));
  await expect(done(resident)).toHaveText(say('case.done.remove_representative'));
  await expect(resident.screen.locator('.file-ways ' + action('remove'))).toHaveCount(0);
});

test('what a resident needs is changed from what it was', async ({ resident }) => {
  const own = await sends(resident, '/', { ...saying(newWords()), adjustments: ['large_print'] });
  await comesBack(resident, own);
  await resident.comesTo('case');
  await resident.screen.locator('summary').filter({ hasText: say('case.adjustments.change') }).click();
  await expect(resident.screen.locator('input[value=large_print]')).toBeChecked();
  await resident.hands.choose('adjustments', ['large_print', 'braille']);
  await submit(resident, 'adjustments').click();
  await expect(done(resident)).toHaveText(say('case.done.adjustments'));
  await resident.hands.press(action('refresh'));
  await expect(resident.screen.locator('.bullets')).toContainText(say('option.adjustments.braille'));
});

test('taking it back is asked once, on the page, and can be undone', async ({ resident }) => {
  await sends(resident);
  await resident.presses('see_case');
  await resident.hands.press(action('withdraw'));
  await expect(resident.screen.locator('#sure')).toHaveText(say('case.withdraw.sure'));
  await resident.hands.press(action('withdraw_not'));
  await expect(resident.screen.locator('#sure')).toHaveCount(0);
  await resident.hands.press(action('withdraw'));
  await resident.hands.press(action('withdraw_sure'));
  await expect(done(resident)).toHaveText(say('case.done.withdraw'));
  await resident.hands.press(action('reopen'));
  await expect(done(resident)).toHaveText(say('case.done.reopen'));
  await expect(resident.screen.locator(action('withdraw'))).toBeVisible();
});

test('a request becomes a complaint in one press', async ({ resident }) => {
  const answers = { ...LEAST, intent: ['report'], account: [newWords()], choices: { first_report: 'request' } };
  await sends(resident, '/', answers);
  await resident.presses('see_case');
  await resident.comesTo('case');
  await expect(resident.screen.locator('[part=heading]')).toHaveText(say('case.title.service_request'));
  await resident.hands.press(action('complain'));
  await expect(done(resident)).toHaveText(say('case.done.complain'));
  await expect(resident.screen.locator('[part=heading]')).toHaveText(say('case.title'));
});

test('who signs out is forgotten, by the page, the browser and the way back', async ({ resident, page }) => {
  const own = await sends(resident);
  await resident.presses('see_case');
  await resident.comesTo('case');
  await resident.hands.press(action('sign_out'));
  await resident.hands.press(action('sign_out_sure'));
  await resident.comesTo('start');
  await page.goBack();
  await expect(resident.screen).not.toContainText(own.reference);
  await page.reload();
  await resident.isOpen();
  await expect(resident.screen).not.toContainText(own.reference);
});

test('a landlord that is late is said to be, with what that means', async ({ resident, page }) => {
  const own = await sends(resident);
  await withCase(page, (it) => ({ ...it, next: { what: 'acknowledgement', by: '2026-11-02', late: true } }));
  await comesBack(resident, own);
  await resident.comesTo('case');
  const late = resident.screen.locator('[data-late]');
  await expect(late).toContainText(say('case.late.acknowledgement', { date: 'Monday 2 November 2026' }));
  await expect(late).toContainText(say('case.late.stage2'));
  await expect(resident.screen.locator('[data-rights]')).toContainText(say('rights.case.late'));
});

test('the day of the answer goes into a calendar, with nothing personal but the reference', async ({ resident, page }) => {
  const words = newWords();
  const own = await sends(resident, '/', saying(words));
  await resident.presses('see_case');
  await resident.comesTo('case');
  const saved = page.waitForEvent('download');
  await resident.hands.press(action('calendar'));
  const download = await saved;
  expect(download.suggestedFilename()).toMatch(/\.ics$/);
  const text = await readFile(await download.path(), 'utf8');
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  const unfolded = text.replaceAll('\r\n ', '');
  expect(unfolded).toMatch(/\r\nDTSTART;VALUE=DATE:\d{8}\r\nDTEND;VALUE=DATE:\d{8}\r\n/);
  expect(unfolded).toContain(own.reference);
  for (const secret of [own.code, own.code.replaceAll(' ', ''), words]) expect(unfolded).not.toContain(secret);
});

test('the code is in no storage that a search of the browser would find', async ({ resident, page }) => {
  const own = await sends(resident);
  await comesBack(resident, own);
  await resident.comesTo('case');
  const stored = await page.evaluate(async () => {
    const texts = [JSON.stringify(sessionStorage), JSON.stringify(localStorage), JSON.stringify(history.state), location.href];
    for (const { name, version } of await indexedDB.databases()) {
      const db = await new Promise((done) => { const it = indexedDB.open(name, version); it.onsuccess = () => done(it.result); });
      for (const list of db.objectStoreNames) {
        const rows = await new Promise((done) => { const it = db.transaction(list).objectStore(list).getAll(); it.onsuccess = () => done(it.result); });
        for (const row of rows) texts.push(...[row.bytes, row.text?.bytes].filter(Boolean).map((it) => new TextDecoder('latin1').decode(it)));
      }
      db.close();
    }
    return texts.join('\n');
  });
  for (const secret of [own.code, own.code.replaceAll(' ', ''), own.reference]) expect(stored).not.toContain(secret);
});

test('a case in a translated page goes on, and says nothing that is left over from before', async ({ page }) => {
  await translate(page);
  const resident = new Resident(page);
  await resident.opens();
  await resident.complains(saying(newWords()));
  await resident.presses('see_case');
  await resident.comesTo('case');
  const says = (key, filled) => expect.poll(async () => translated(await resident.text())).toContain(say(key, filled));
  const isSilent = (key) => expect.poll(async () => translated(await resident.text())).not.toContain(say(key));
  await says('case.status.received');
  await resident.hands.press(action('stage2'));
  await says('case.done.stage2');
  await isSilent('case.stage2.title');
  await resident.hands.press(action('withdraw'));
  await says('case.withdraw.sure');
  await resident.hands.press(action('withdraw_sure'));
  await says('case.done.withdraw');
  for (const key of ['case.done.stage2', 'case.status.received', 'case.withdraw.sure']) await isSilent(key);
  await says('case.status.withdrawn');
  await says('rights.case.withdrawn');
  expect(await heard(page, 'hc-error')).toEqual([]);
});

for (const [look, { width, media }] of Object.entries({
  'on a telephone, in the dark': { width: 320, media: { colorScheme: 'dark' } },
  'on a wide screen': { width: 1280, media: {} },
  'in colours of their own': { width: 320, media: { forcedColors: 'active' } },
})) {
  test(`axe finds nothing wrong, nothing scrolls sideways, and every target is large, ${look}`, async ({ resident, page }) => {
    const own = await sends(resident);
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia(media);
    const look = async (name) => {
      expect.soft(await axe(page), name).toEqual([]);
      expect.soft(await page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth), name).toBeLessThanOrEqual(0);
      expect.soft(await small(resident), name).toEqual([]);
    };
    await look('sent');
    await comesBack(resident, { ...own, code: '1' });
    await look('sign-in with problems');
    await resident.screen.locator('summary').click();
    await look('a lost code');
    await withCase(page, (it) => ({
      ...it,
      status: 'acknowledged',
      definition: 'What we understand',
      stages: [{ ...it.stages[0], extension: { until: '2026-12-15', reason: 'x'.repeat(80), toldOn: '2026-12-01' } }],
      next: { what: 'response', by: '2026-11-02', late: true },
      representatives: [{ id: 1, name: 'Ann Example', contact: '01632 960002', since: '2026-11-21' }],
      evidence: [{ name: 'a-long-name-without-a-break-in-it-that-goes-on-and-on.jpg', size: 12345, state: 'clean' }],
      history: [...it.history, { id: 9, at: '2026-11-24T09:00:00.000Z', on: '2026-11-24', by: 'landlord', what: 'message', text: 'y'.repeat(90) }],
    }));
    await resident.hands.write('access_code', own.code);
    await resident.hands.press(SUBMIT);
    await resident.comesTo('case');
    for (const it of await resident.screen.locator('summary').all()) await it.click();
    await look('case');
    await submit(resident, 'account').click();
    await expect(errors(resident)).toBeFocused();
    await look('case with problems');
    await resident.hands.press(action('withdraw'));
    await look('case, asked');
  });
}

/** Buttons and summaries that are smaller than a finger. */
const small = (resident) => resident.screen.evaluate((screen) =>
  Array.from(screen.querySelectorAll('button, summary, input[type=file]'))
    .filter((it) => it.getClientRects().length)
    .map((it) => [it.textContent, it.getBoundingClientRect().height])
    .filter(([, height]) => height < 43.5));
