// When something goes wrong outside: the resident is told so, keeps every word, and has a way on.

import { action } from './support/hands.mjs';
import { LANDLORDS } from './support/landlords.mjs';
import { TRIES, intercept, landlordFile, signal, withoutPauses } from './support/moments.mjs';
import { expectRescue } from './support/rescue.mjs';
import { newWords, saying } from './support/resident.mjs';
import { startService } from './support/service.mjs';
import { expect, test } from './support/test.mjs';
import { heard } from './support/watch.mjs';
import { longDate, say } from './support/words.mjs';

// --- The form can't open -----------------------------------------------------------------------

const FILES = {
  'is not there': { text: 'Not found', status: 404, code: 'landlord_missing' },
  'is not JSON': { text: '<!doctype html><p>Welcome</p>', code: 'landlord_unusable' },
  'is of an unknown version': { text: '{"version": 99, "id": "halton", "name": "Halton Housing"}', code: 'landlord_unusable', says: '/version' },
  'has a wrong field': { text: '{"version": 1, "id": "halton", "name": 7}', code: 'landlord_unusable', says: '/name' },
};

for (const [what, { text, status, code, says = '' }] of Object.entries(FILES)) {
  test(`a landlord’s file that ${what} still leaves the resident with whom to phone`, async ({ resident, page }) => {
    await landlordFile(page, text, status);
    await resident.opens();
    await expectFailed(resident, page, code);
    await expect(resident.screen).toContainText(says);
  });
}

test('a landlord’s file that never arrives still leaves the resident with whom to phone', async ({ resident, page }) => {
  await page.route('**/landlords/halton.json', (route) => route.abort());
  await resident.opens();
  await expectFailed(resident, page, 'landlord_missing');
});

test('a widget that can’t be loaded still leaves the resident with whom to phone', async ({ resident, page }) => {
  await page.route('**/*.wasm', (route) => route.abort());
  await resident.opens();
  await expectFailed(resident, page, 'wasm_failed');
});

const BROKEN = {
  'is not there': { status: 404, body: '' },
  'was cut off on its way': { cut: 1000 },
  'is another than the build’s': { body: '{}' },
};

for (const file of ['*.wasm', 'en.*.json']) {
  for (const [what, { status = 200, body, cut }] of Object.entries(BROKEN)) {
    test(`where ${file} ${what}, the resident still has whom to phone, and can try again`, async ({ resident, page }) => {
      let isBroken = true;
      await page.route(`**/${file}`, async (route) => {
        if (!isBroken) return route.continue();
        const whole = await route.fetch();
        const content = cut ? (await whole.body()).subarray(0, cut) : body;
        return route.fulfill({ status, body: content, headers: { ...whole.headers(), 'content-encoding': '', 'content-length': String(content.length) } });
      });
      await resident.opens();
      await expectFailed(resident, page, 'wasm_failed');
      isBroken = false;
      await resident.hands.press(action('retry'));
      await resident.comesTo('start');
      await resident.isOpen();
      await expect(resident.screen.locator('[part=heading]')).toBeFocused();
      await resident.complains();
    });
  }
}

test('a wasm file that is served as something else works all the same', async ({ resident, page }) => {
  await page.route('**/*.wasm', async (route) => {
    const whole = await route.fetch();
    await route.fulfill({ response: whole, headers: { ...whole.headers(), 'content-type': 'application/octet-stream' } });
  });
  await resident.opens();
  await resident.complains();
});

for (const address of ['', 'http://', '/nowhere.json']) {
  test(`a tag whose landlord is “${address}” still leaves the resident with whom to phone`, async ({ resident, page }) => {
    await page.addInitScript((it) => {
      addEventListener('readystatechange', () => document.querySelector('housing-complaint')?.setAttribute('landlord', it), true);
    }, address);
    await resident.opens();
    await expectFailed(resident, page, 'landlord_missing');
  });
}

test('without any script the landlord’s own words are there', async ({ browser, baseURL }) => {
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(baseURL);
  await expect(page.getByText('0300 111 3000')).toBeVisible();
  await page.close();
});

test('where nothing works, the channels of the landlord’s file are shown as well', async ({ resident, page }) => {
  await page.route('**/*.wasm', (route) => route.abort());
  for (const id of ['halton', 'rugby', 'example']) {
    await resident.opens(`/?landlord=${id}`);
    await resident.comesTo('failed');
    for (const { value, note } of LANDLORDS[id].channels) {
      for (const text of [value, note].filter(Boolean)) await expect(resident.screen).toContainText(text);
    }
  }
  const links = await resident.screen.locator('a').evaluateAll((list) => list.map((it) => it.getAttribute('href')));
  expect(links).toEqual(expect.arrayContaining(['tel:01632960001', 'mailto:complaints@example.org', 'https://www.example.org/account']));
});

async function expectFailed(resident, page, code) {
  await expectRescue(resident);
  expect(await heard(page, 'hc-error')).toEqual([{ code }]);
}

// --- It can't be sent --------------------------------------------------------------------------

const ANSWERS = {
  'a failure of the service': { status: 500, says: say('not_sent.broken'), retryable: true },
  'an HTML page of a gateway': { status: 502, type: 'text/html', body: '<html><h1>Bad gateway</h1></html>', says: say('not_sent.broken'), retryable: true },
  'a complaint that is too long for the service': { status: 413, says: say('not_sent.too_big'), retryable: false },
  'a service with too many callers': { status: 429, headers: { 'Retry-After': '90' }, says: say('not_sent.busy', { seconds: 90 }), retryable: true },
  'a service that does not understand': { status: 422, says: say('not_sent.rejected'), retryable: false },
  'an address that does not exist': { status: 404, says: say('not_sent.broken'), retryable: true },
};

for (const [what, { status, type = 'application/problem+json', body = '{}', headers, says, retryable }] of Object.entries(ANSWERS)) {
  test(`${what} (${status}) loses nothing, and trying again sends the same again`, async ({ resident, page, service }) => {
    let isAway = true;
    const sent = await intercept(page, (route) =>
      isAway ? route.fulfill({ status, body, headers: { 'Content-Type': type, ...headers } }) : route.continue());
    await withoutPauses(page);
    const account = newWords();
    await resident.opens();
    await resident.skipsTo('check', saying(account));
    await resident.sends();
    await resident.comesTo('not-sent');
    await expect(resident.screen).toContainText(says);
    await expectWaysOn(resident);
    expect(await heard(page, 'hc-submit-failed')).toEqual([{ status, retryable }]);

    isAway = false;
    await resident.hands.press(action('retry'));
    await resident.reference();
    expect(sent).toHaveLength(status >= 500 ? TRIES + 1 : 2);
    for (const again of sent) expect(again).toEqual(sent[0]);
    expect(service.rowsAbout(account)).toHaveLength(1);
  });
}

test('without a network nothing is lost, and it is sent when the network is back', async ({ resident, page, context, service }) => {
  const account = newWords();
  await resident.opens();
  await resident.skipsTo('check', saying(account));
  await context.setOffline(true);
  await resident.sends();
  await resident.comesTo('not-sent');
  await expect(resident.screen).toContainText(say('not_sent.offline'));
  await expectWaysOn(resident);
  expect(await heard(page, 'hc-submit-failed')).toEqual([{ status: 0, retryable: true }]);
  await context.setOffline(false);
  await resident.hands.press(action('retry'));
  await resident.reference();
  expect(service.rowsAbout(account)).toHaveLength(1);
});

test('a service that dies while a complaint is on its way loses nothing', async ({ resident, page }) => {
  const service = await startService();
  try {
    const account = newWords();
    await withoutPauses(page);
    await resident.opens(service.url);
    await resident.skipsTo('check', saying(account));
    const isOnItsWay = page.waitForRequest('**/v1/submissions');
    service.pause();
    await resident.sends();
    await isOnItsWay;
    await resident.comesTo('sending');
    await service.kill();
    await resident.comesTo('not-sent');
    await expect(resident.screen).toContainText(say('not_sent.unreachable'));
    await expectWaysOn(resident, 'not_sent.title.unsure');
    await service.start();
    await resident.hands.press(action('retry'));
    const reference = await resident.reference();
    expect(service.rowsAbout(account).map((row) => row.reference)).toEqual([reference]);
  } finally {
    await service.close();
  }
});

test('a complaint whose receipt was lost on its way is stored once, and its receipt comes with the next try', async ({ resident, page, service }) => {
  await withoutPauses(page);
  await intercept(page, async (route, number) => {
    if (number > TRIES) return route.continue();
    await route.fetch();
    return route.abort('connectionreset');
  });
  const account = newWords();
  await resident.opens();
  await resident.skipsTo('check', saying(account));
  await resident.sends();
  await resident.comesTo('not-sent');
  const [stored] = service.rowsAbout(account);
  await resident.hands.press(action('retry'));
  expect(await resident.reference()).toBe(stored.reference);
  expect(service.rowsAbout(account)).toHaveLength(1);
});

test('words that are changed after a lost receipt are stored too, under a key of their own', async ({ resident, page, service }) => {
  await withoutPauses(page);
  await intercept(page, async (route, number) => {
    if (number > TRIES) return route.continue();
    await route.fetch();
    return route.abort('connectionreset');
  });
  const first = newWords();
  const second = `${first} And the tap drips.`;
  await resident.opens();
  await resident.skipsTo('check', saying(first));
  await resident.sends();
  await resident.comesTo('not-sent');
  await resident.presses('back');
  await resident.changes(say('question.account.title'));
  await resident.goesOn({ account: [second] });
  await resident.sends();
  const reference = await resident.reference();
  expect(service.row(reference).record.account).toBe(second);
  expect(service.rowsAbout(first)).toHaveLength(1);
});

test('a landlord’s own form handler that answers with a page is enough: reference and dates are the widget’s', async ({ resident, page }) => {
  await page.clock.install({ time: new Date('2026-11-21T12:00:00Z') });
  await intercept(page, (route) => route.fulfill({ status: 200, contentType: 'text/html', body: '<h1>Thank you</h1>' }));
  await resident.opens();
  const reference = await resident.complains();
  expect(reference).toMatch(/^[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}$/);
  for (const text of [
    say('sent.title.unconfirmed'),
    say('sent.reference.own'),
    say('sent.received', { date: longDate('2026-11-21') }),
    say('sent.next.acknowledge', { date: longDate('2026-11-27') }),
    say('sent.next.respond', { date: longDate('2026-12-11') }),
  ]) await expect(resident.screen).toContainText(text);
});

test('an answer after a minute is waited for, and the page says that it still tries', async ({ resident, page }) => {
  const late = signal();
  await page.clock.install();
  await intercept(page, async (route) => {
    await late.given;
    return route.continue();
  });
  await resident.opens();
  await resident.skipsTo('check');
  await resident.sends();
  await resident.comesTo('sending');
  const status = resident.screen.getByRole('status');
  await expect(status).toHaveText('');
  await page.clock.runFor(10_000);
  await expect(status).toHaveText(say('sending.slow'));
  await page.clock.runFor(50_000);
  await resident.comesTo('sending');
  await expect(resident.screen.locator(action('download'))).toBeVisible();
  late.give();
  await resident.reference();
});

test('an answer that never comes is given up in the end, with everything kept', async ({ resident, page }) => {
  const never = signal();
  await page.clock.install();
  await intercept(page, async (route, number) => {
    if (number > 1) return route.continue();
    await never.given;
    return route.abort();
  });
  await resident.opens();
  await resident.skipsTo('check');
  await resident.sends();
  await resident.comesTo('sending');
  await page.clock.runFor(125_000);
  await resident.comesTo('not-sent');
  await expect(resident.screen).toContainText(say('not_sent.timed_out'));
  await expectWaysOn(resident, 'not_sent.title.unsure');
  await resident.hands.press(action('retry'));
  await resident.reference();
  never.give();
});

test('a complaint that is still being stored is asked for again, not sent twice', async ({ resident, page, service }) => {
  const sent = await intercept(page, (route, number) =>
    number === 1 ? route.fulfill({ status: 409, json: {} }) : route.continue());
  const account = newWords();
  await resident.opens();
  await resident.complains(saying(account));
  expect(sent).toHaveLength(2);
  expect(sent[1]).toEqual(sent[0]);
  expect(service.rowsAbout(account)).toHaveLength(1);
});

test('what could not be sent can be saved, word for word', async ({ resident, page }) => {
  await withoutPauses(page);
  await intercept(page, (route) => route.abort());
  const account = newWords('<b>Boiler</b> & "tap"\nsecond line');
  await resident.opens();
  await resident.skipsTo('check', saying(account));
  await resident.sends();
  await resident.comesTo('not-sent');
  const text = await readCopy(resident, test.info().outputPath('copy.html'));
  expect(text).toContain(account);
  expect(text).toContain(say('draft_file.title'));
  expect(text).toContain('0300 111 3000');
});

test('what was sent can be saved, word for word, with its reference and dates', async ({ resident, service }) => {
  const account = newWords('<b>Boiler</b> & "tap"\nsecond line');
  await resident.opens();
  const reference = await resident.complains(saying(account));
  const row = service.row(reference);
  const text = await readCopy(resident, test.info().outputPath('copy.html'));
  for (const part of [account, reference, longDate(row.acknowledge_by), longDate(row.respond_by), '0300 111 3000']) {
    expect(text).toContain(part);
  }
});

/** Saves a copy, opens it as a resident would, and reads it. */
async function readCopy(resident, file) {
  const [download] = await Promise.all([
    resident.page.waitForEvent('download'),
    resident.hands.press(action('download')),
  ]);
  expect(download.suggestedFilename()).toMatch(/^(my-answers|complaint).*\.html$/);
  await download.saveAs(file);
  const page = await resident.page.context().newPage();
  await page.goto(`file://${file}`);
  const text = await page.evaluate(() => document.body.innerText);
  await expect(page.locator('b, img, script:not([type="application/json"])')).toHaveCount(0);
  await page.close();
  return text;
}

async function expectWaysOn(resident, title = 'not_sent.title') {
  await expect(resident.screen).toContainText(say(title));
  await expect(resident.screen).toContainText(say('not_sent.kept'));
  for (const name of ['retry', 'download', 'back']) {
    await expect(resident.screen.locator(action(name))).toBeVisible();
  }
  await expect(resident.screen.locator('[data-rights]')).toContainText('0300 111 3000');
}
