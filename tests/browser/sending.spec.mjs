// From *Send* to the receipt, over everything that can lie in between: each complaint is stored once, in the
// same words, and the resident sees what is going on.

import { axe } from './support/axe.mjs';
import { Keyboard, action } from './support/hands.mjs';
import { TRIES, intercept, signal, withPauses, withoutPauses } from './support/moments.mjs';
import { Resident, newWords, saying } from './support/resident.mjs';
import { startService } from './support/service.mjs';
import { test as base, expect } from './support/test.mjs';
import { heard } from './support/watch.mjs';
import { say } from './support/words.mjs';

const test = base.extend({
  /** A service of the test's own, which it may stop. */
  own: async ({}, use) => {
    const service = await startService();
    await use(service);
    await service.close();
  },

  /** A network that goes and comes back, as the device says and as requests find it; also over reloads. */
  network: async ({ page, context }, use) => {
    let isAway = false;
    await page.addInitScript(() => {
      Object.defineProperty(Navigator.prototype, 'onLine', { get: () => !document.cookie.includes('away=yes') });
    });
    const sent = await intercept(page, (route) => (isAway ? route.abort('internetdisconnected') : route.continue()));
    const turn = async (away) => {
      isAway = away;
      await context.addCookies([{ name: 'away', value: away ? 'yes' : 'no', url: page.url() }]);
      await page.evaluate((name) => dispatchEvent(new Event(name)), away ? 'offline' : 'online');
    };
    await use({ sent, goes: () => turn(true), comesBack: () => turn(false) });
  },
});

const status = (resident) => resident.screen.getByRole('status').filter({ hasText: /\S/ });

/** Answers everything in words of its own, and presses *Send*. */
async function sends(resident, address) {
  const account = newWords();
  await resident.opens(address);
  await resident.skipsTo('check', saying(account));
  await resident.sends();
  return account;
}

/** Stored once, in these words, and the receipt is that of the row. */
async function expectOnce(resident, service, account) {
  const reference = await resident.reference();
  expect(service.rowsAbout(account).map((row) => row.reference)).toEqual([reference]);
  return reference;
}

const expectSame = (sent) => { for (const again of sent) expect(again).toEqual(sent[0]); };

async function expectSound(resident) {
  await expect(resident.screen.locator('[data-rights]')).toContainText('0300 111 3000');
  expect(await axe(resident.page)).toEqual([]);
}

// --- The service -------------------------------------------------------------------------------------------

test('a service that dies while a complaint is on its way, and comes back, has it without another press', async ({ resident, page, own }) => {
  await withPauses(page, 0.6);
  const account = newWords();
  await resident.opens(own.url);
  await resident.skipsTo('check', saying(account));
  const isOnItsWay = page.waitForRequest('**/v1/submissions');
  own.pause();
  await resident.sends();
  await isOnItsWay;
  await own.kill();
  await expect(status(resident)).toHaveText(say('sending.pause.seconds', { seconds: 3 }));
  await expectSound(resident);
  await own.start();
  await expectOnce(resident, own, account);
  expect(await heard(page, 'hc-submit-failed')).toEqual([]);
});

test('a service that hangs is waited for, with a copy to save meanwhile', async ({ resident, page, own }) => {
  const account = newWords();
  await resident.opens(own.url);
  await resident.skipsTo('check', saying(account));
  own.pause();
  await resident.sends();
  await expect(status(resident)).toHaveText(say('sending.slow'), { timeout: 15_000 });
  await expect(resident.screen.locator(action('download'))).toBeVisible();
  await expectSound(resident);
  own.wake();
  await expectOnce(resident, own, account);
});

test('a receipt that was lost on its way comes with the next try', async ({ resident, page, service }) => {
  await withPauses(page, 0.1);
  const sent = await intercept(page, async (route, number) => {
    if (number > 2) return route.continue();
    await route.fetch();
    return route.abort('connectionreset');
  });
  const account = await sends(resident);
  await expectOnce(resident, service, account);
  expect(sent).toHaveLength(3);
  expectSame(sent);
  expect(await heard(page, 'hc-submit-failed')).toEqual([]);
});

const soon = (seconds) => new Date(Date.now() + seconds * 1000).toUTCString();
const BUSY = {
  'that says in how many seconds to come back': { status: 503, after: () => '3', least: 3000 },
  'that says when to come back': { status: 429, after: () => soon(4), least: 2500 },
  'that says when by a clock of its own': { status: 503, after: () => soon(3603), date: () => soon(3600), least: 2500 },
};

for (const [what, { status: code, after, date, least }] of Object.entries(BUSY)) {
  test(`a busy service (${code}) ${what} is not asked before`, async ({ resident, page, service }) => {
    await withoutPauses(page);
    const times = [];
    await intercept(page, (route, number) => {
      times.push(Date.now());
      const headers = { 'Retry-After': after(), ...(date && { Date: date() }) };
      return number === 1 ? route.fulfill({ status: code, body: '', headers }) : route.continue();
    });
    const account = await sends(resident);
    await expect(status(resident)).toContainText(/in [34] seconds/);
    await expectOnce(resident, service, account);
    expect(times).toHaveLength(2);
    expect(times[1] - times[0]).toBeGreaterThan(least);
    expect(times[1] - times[0]).toBeLessThan(9000);
  });
}

test('what can’t get better is not tried again by itself', async ({ resident, page }) => {
  for (const code of [400, 401, 403, 404, 410, 413, 415, 422]) {
    await page.unrouteAll();
    const sent = await intercept(page, (route) => route.fulfill({ status: code, body: '{}' }));
    await resident.opens();
    if (code > 400) await resident.opensAnew('/');
    await resident.skipsTo('check');
    await resident.sends();
    await resident.comesTo('not-sent');
    expect(sent, `${code}`).toHaveLength(1);
  }
});

test('each try is said, and after the last one the resident decides', async ({ resident, page, service }) => {
  await withoutPauses(page);
  const turns = Array.from({ length: TRIES }, signal);
  const sent = await intercept(page, async (route, number) => {
    if (number > TRIES) return route.continue();
    await turns[number - 1].given;
    return route.fulfill({ status: 502, body: '<h1>Bad gateway</h1>' });
  });
  const account = await sends(resident);
  for (let number = 1; number <= TRIES; number++) {
    if (number === 1) await expect(status(resident)).toHaveCount(0);
    else await expect(status(resident)).toHaveText(say('sending.again', { number, all: TRIES }));
    expect(await heard(page, 'hc-submit-failed')).toEqual([]);
    if (number === 2) await expectSound(resident);
    turns[number - 1].give();
  }
  await resident.comesTo('not-sent');
  expect(await heard(page, 'hc-submit-failed')).toEqual([{ status: 502, retryable: true }]);
  await expectSound(resident);
  await resident.hands.press(action('retry'));
  await expectOnce(resident, service, account);
  expect(sent).toHaveLength(TRIES + 1);
  expectSame(sent);
});

// --- The network -------------------------------------------------------------------------------------------

test('without a network it is sent by itself when the network is back, where the resident wants that', async ({ resident, page, context, service }) => {
  const account = newWords();
  await resident.opens();
  await resident.skipsTo('check', saying(account));
  await context.setOffline(true);
  await resident.sends();
  await resident.comesTo('not-sent');
  await resident.presses('wait');
  await resident.comesTo('sending');
  await expect(resident.screen.locator('[part=heading]')).toHaveText(say('sending.wait.title'));
  await expect(resident.screen.locator('[part=heading]')).toBeFocused();
  await expectSound(resident);
  await context.setOffline(false);
  await expectOnce(resident, service, account);
  expect(await heard(page, 'hc-submit-failed')).toEqual([{ status: 0, retryable: true }]);
});

test('without a network nothing is sent by itself where nobody said so', async ({ resident, context, service }) => {
  const account = newWords();
  await resident.opens();
  await resident.skipsTo('check', saying(account));
  await context.setOffline(true);
  await resident.sends();
  await resident.comesTo('not-sent');
  await expect(resident.screen.locator(action('wait'))).toBeVisible();
  await context.setOffline(false);
  await expect(status(resident)).toHaveText(say('not_sent.online'));
  await expect(resident.screen.locator(action('wait'))).toHaveCount(0);
  await new Promise((later) => { setTimeout(later, 2000); });
  expect(service.rowsAbout(account)).toEqual([]);
  await resident.hands.press(action('retry'));
  await expectOnce(resident, service, account);
});

test('who no longer wants it sent by itself is obeyed', async ({ resident, page, network, service }) => {
  const account = newWords();
  await resident.opens();
  await resident.skipsTo('check', saying(account));
  await network.goes();
  await resident.sends();
  await resident.comesTo('not-sent');
  await resident.presses('wait');
  await resident.presses('stop_waiting');
  await resident.comesTo('not-sent');
  await network.comesBack();
  await expect(status(resident)).toHaveText(say('not_sent.online'));
  await page.reload();
  await resident.comesTo('not-sent');
  expect(service.rowsAbout(account)).toEqual([]);
  await resident.hands.press(action('retry'));
  await expectOnce(resident, service, account);
  expectSame(network.sent);
});

test('a wait for the network goes on after a reload, and over a network that comes for a moment', async ({ resident, page, network, service }) => {
  const account = newWords();
  await resident.opens();
  await resident.skipsTo('check', saying(account));
  await network.goes();
  await resident.sends();
  await resident.comesTo('not-sent');
  await resident.presses('wait');
  await page.reload();
  await resident.comesTo('sending');
  await expect(resident.screen.locator('[part=heading]')).toHaveText(say('sending.wait.title'));
  await expect(resident.screen.locator(action('stop_waiting'))).toBeVisible();
  // The device says that it is back, and is not.
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await expect.poll(() => network.sent.length).toBe(2);
  await expect(resident.screen.locator('[part=heading]')).toHaveText(say('sending.wait.title'));
  expect(service.rowsAbout(account)).toEqual([]);
  await network.comesBack();
  await expectOnce(resident, service, account);
  expectSame(network.sent);
});

test('a network that is back while the page was away is found after a reload', async ({ resident, page, network, service }) => {
  const account = newWords();
  await resident.opens();
  await resident.skipsTo('check', saying(account));
  await network.goes();
  await resident.sends();
  await resident.comesTo('not-sent');
  await resident.presses('wait');
  await page.goto('/healthz');
  await network.comesBack();
  await resident.opens();
  await expectOnce(resident, service, account);
  expectSame(network.sent);
});

test('a network that goes between two tries is noticed at once', async ({ resident, page, network }) => {
  await withPauses(page, 1);
  await resident.opens();
  await resident.skipsTo('check');
  await page.unrouteAll();
  await intercept(page, (route, number) => (number === 1 ? route.fulfill({ status: 503, body: '' }) : route.abort('internetdisconnected')));
  await resident.sends();
  await expect(status(resident)).toHaveText(say('sending.pause.seconds', { seconds: 5 }));
  await network.goes();
  await resident.comesTo('not-sent');
  await expect(resident.screen).toContainText(say('not_sent.offline'));
});

test('by keyboard alone: to wait for the network, to stop that, and to send', async ({ page, network, service }) => {
  const resident = new Resident(page, { hands: Keyboard });
  const account = newWords();
  await resident.opens();
  await resident.skipsTo('check', saying(account));
  await network.goes();
  await resident.sends();
  await resident.comesTo('not-sent');
  await resident.presses('wait');
  await resident.comesTo('sending');
  await resident.presses('stop_waiting');
  await resident.comesTo('not-sent');
  await resident.presses('wait');
  await network.comesBack();
  await expectOnce(resident, service, account);
});

// --- Reloads -----------------------------------------------------------------------------------------------

test('a reload between two tries goes on, says so, and sends the same', async ({ resident, page, service }) => {
  await withPauses(page, 1);
  const answered = signal();
  const sent = await intercept(page, async (route, number) => {
    if (number === 1) return route.fulfill({ status: 503, body: '' });
    await answered.given;
    return route.continue();
  });
  const account = await sends(resident);
  await expect(status(resident)).toHaveText(say('sending.pause.seconds', { seconds: 5 }));
  await page.reload();
  await resident.comesTo('sending');
  await expect(status(resident)).toHaveText(say('sending.resumed'));
  await expectSound(resident);
  answered.give();
  await expectOnce(resident, service, account);
  expect(sent).toHaveLength(2);
  expectSame(sent);
});

test('reload upon reload while it is being sent stores it once', async ({ resident, page, service }) => {
  const sent = await intercept(page, async (route, number) => {
    if (number > 3) return route.continue();
    return route.fetch().catch(() => {});
  });
  const account = await sends(resident);
  for (let reloads = 1; reloads <= 3; reloads++) {
    await expect.poll(() => sent.length).toBe(reloads);
    await page.reload();
  }
  await expectOnce(resident, service, account);
  expectSame(sent);
});

test('a page that is opened again long after waits for a press, and says that it is not known', async ({ resident, page, service }) => {
  const answered = signal();
  const sent = await intercept(page, async (route, number) => {
    if (number > 1) return route.continue();
    await answered.given;
    return route.abort().catch(() => {});
  });
  const account = await sends(resident);
  await resident.comesTo('sending');
  await page.goto('/healthz');
  await page.clock.install({ time: Date.now() + 11 * 60_000 });
  await resident.opens();
  await resident.comesTo('not-sent');
  await expect(resident.screen).toContainText(say('not_sent.title.unsure'));
  await new Promise((later) => { setTimeout(later, 1000); });
  expect(sent).toHaveLength(1);
  await resident.hands.press(action('retry'));
  await expectOnce(resident, service, account);
  expectSame(sent);
  answered.give();
});

// --- Afterwards --------------------------------------------------------------------------------------------

test('Back after a reload shows that it was sent already, with the reference', async ({ resident, page, service }) => {
  const account = await sends(resident);
  const reference = await expectOnce(resident, service, account);
  await page.reload();
  expect(await resident.reference()).toBe(reference);
  await page.goBack();
  await expect(status(resident)).toHaveText(say('sent.already', { reference }));
  expect(await resident.reference()).toBe(reference);
  expect(service.rowsAbout(account)).toHaveLength(1);
});

test('with history off, who comes back to the page sees that it was sent already', async ({ resident, page, service }) => {
  const account = await sends(resident, '/?history=off');
  const reference = await expectOnce(resident, service, account);
  await page.goto('/healthz');
  await page.goBack();
  await resident.isOpen();
  expect(await resident.reference()).toBe(reference);
  await resident.opens('/?history=off');
  await expect(status(resident)).toHaveText(say('sent.already', { reference }));
  expect(await resident.reference()).toBe(reference);
  expect(service.rowsAbout(account)).toHaveLength(1);
});
