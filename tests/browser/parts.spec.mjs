// The wasm comes in two parts: the first question works with the first alone, and what is pressed before the
// other is there is done once it comes.

import { SUBMIT, action } from './support/hands.mjs';
import { LANDLORDS } from './support/landlords.mjs';
import { signal } from './support/moments.mjs';
import { expectRescue } from './support/rescue.mjs';
import { PLAIN, Resident, newWords, saying } from './support/resident.mjs';
import { expect, test } from './support/test.mjs';
import { heard } from './support/watch.mjs';
import { say } from './support/words.mjs';

const LATER = '**/housing-complaint-later.*.wasm';

/** Holds the later part back until `arrives()`. */
async function holdBack(page) {
  const { given, give } = signal();
  await page.route(LATER, async (route) => {
    await given;
    await route.continue();
  });
  return { arrives: give };
}

/** Answers each request for the later part with `answer(route, number)`. */
async function answerEach(page, answer) {
  const asked = { times: 0 };
  await page.route(LATER, (route) => answer(route, ++asked.times));
  return asked;
}

const waiting = (resident) => resident.screen.locator('[role=status]');

test('the first question works before the rest is there, and Continue is done once it comes', async ({ resident, page }) => {
  const rest = await holdBack(page);
  await resident.opens();
  await resident.starts();
  await resident.comesTo('question:danger');
  await resident.hands.choose('danger', ['no']);
  await resident.hands.press(SUBMIT);
  // One press, however often it is made.
  await resident.hands.press(SUBMIT);
  await expect(waiting(resident)).toHaveText(say('start.opening'));
  expect(await resident.at()).toBe('question:danger');
  // Nothing stands still meanwhile: the last answer counts.
  await resident.hands.choose('danger', ['yes']);
  rest.arrives();
  await resident.comesTo('advice:danger');
  await expect(resident.screen.locator('[part=heading]')).toBeFocused();
  await expect(resident.screen.locator('[data-errors]')).toHaveCount(0);
  await resident.presses('back');
  await resident.shows({ danger: ['yes'] });
  await expect(waiting(resident)).toHaveCount(0);
  await resident.complains();
});

test('Continue without an answer says what is missing, once the rest is there', async ({ resident, page }) => {
  const rest = await holdBack(page);
  await resident.opens();
  await resident.starts();
  await resident.hands.press(SUBMIT);
  await resident.hands.press(SUBMIT);
  await expect(waiting(resident)).toHaveText(say('start.opening'));
  rest.arrives();
  await expect(resident.screen.locator('[data-errors]')).toBeFocused();
  await expect(waiting(resident)).toHaveCount(0);
  await resident.complains();
});

for (const [where, back] of Object.entries({ page: (it) => it.hands.press(action('back')), browser: (it) => it.page.goBack() })) {
  test(`Back in the ${where} waits for the rest as well`, async ({ resident, page }) => {
    const rest = await holdBack(page);
    await resident.opens();
    await resident.starts();
    await resident.comesTo('question:danger');
    await resident.isInHistory('question:danger');
    await resident.hands.choose('danger', ['no']);
    await back(resident);
    expect(await resident.at()).toBe('question:danger');
    rest.arrives();
    await resident.comesTo('start');
    await resident.starts();
    await resident.shows({ danger: ['no'] });
    await resident.continues();
    await resident.comesTo('question:intent');
  });
}

test('whatever the form is for and whosever it is, the first question needs nothing of the rest', async ({ page }) => {
  test.setTimeout(180_000);
  await holdBack(page);
  const resident = new Resident(page);
  for (const id of Object.keys(LANDLORDS)) {
    for (const start of ['', 'complaint', 'add', 'stage2', 'report', 'feedback']) {
      await resident.opens(`/?landlord=${id}&start=${start}&source=survey`);
      await resident.starts();
      const first = LANDLORDS[id].sites?.length ? 'question:site' : 'question:danger';
      await resident.comesTo(first);
      await resident.isInHistory(first);
      const [name] = Object.keys(await resident.fields());
      for (const it of await resident.screen.locator('label').all()) await it.click();
      expect(await resident.shown()).toEqual({ [name]: [await resident.screen.locator('input').last().getAttribute('value')] });
      await page.evaluate(() => {
        const element = document.querySelector('housing-complaint');
        const [home, next] = [element.parentNode, element.nextSibling];
        element.remove();
        home.insertBefore(element, next);
        element.theme = 'dark';
      });
      await resident.comesTo(first);
      await page.evaluate(() => { sessionStorage.clear(); });
    }
  }
  expect(await heard(page, 'hc-error')).toEqual([]);
});

const BROKEN = {
  'is not there': { status: 404, body: '' },
  'was cut off on its way': { cut: 1000 },
  'is another than the build’s': { body: '{}' },
};

for (const [what, { status = 200, body, cut }] of Object.entries(BROKEN)) {
  test(`where the rest ${what}, nothing that was answered is lost, and the resident can try again`, async ({ resident, page }) => {
    let isBroken = true;
    await answerEach(page, async (route) => {
      if (!isBroken) return route.continue();
      const whole = await route.fetch();
      const content = cut ? (await whole.body()).subarray(0, cut) : body;
      return route.fulfill({ status, body: content, headers: { ...whole.headers(), 'content-encoding': '', 'content-length': String(content.length) } });
    });
    await resident.opens();
    await resident.starts();
    await resident.hands.choose('danger', ['yes']);
    // Nobody is disturbed who does not need it.
    await page.waitForTimeout(500);
    expect(await heard(page, 'hc-error')).toEqual([]);
    await resident.hands.press(SUBMIT);
    await expectRescue(resident);
    expect(await heard(page, 'hc-error')).toEqual([{ code: 'wasm_failed' }]);
    await expect(resident.screen.locator(action('download'))).toBeVisible();
    isBroken = false;
    await resident.hands.press(action('retry'));
    await resident.comesTo('question:danger');
    await resident.shows({ danger: ['yes'] });
    await resident.complains();
  });
}

test('a network that goes and comes while nobody waits disturbs nobody', async ({ resident, page, context }) => {
  const asked = await answerEach(page, (route, number) => (number < 2 ? route.abort() : route.continue()));
  await resident.opens();
  await resident.starts();
  await resident.hands.choose('danger', ['no']);
  for (const isOffline of [true, false]) await context.setOffline(isOffline);
  await page.waitForTimeout(1500);
  await resident.comesTo('question:danger');
  expect(await heard(page, 'hc-error')).toEqual([]);
  expect(asked.times).toBe(1);
  await resident.hands.press(SUBMIT);
  await resident.comesTo('question:intent');
});

test('a connection that fails once or twice is not noticed', async ({ resident, page }) => {
  const asked = await answerEach(page, (route, number) => (number < 3 ? route.abort() : route.continue()));
  await resident.opens();
  await resident.starts();
  await resident.hands.choose('danger', ['no']);
  await resident.hands.press(SUBMIT);
  await resident.comesTo('question:intent');
  expect(asked.times).toBe(3);
});

test('the rest that never comes ends in a screen that says so, once somebody waits for it', async ({ resident, page }) => {
  await page.clock.install();
  await holdBack(page);
  await resident.opens();
  await resident.starts();
  await resident.hands.choose('danger', ['yes']);
  await page.clock.runFor(120_000);
  await resident.comesTo('question:danger');
  await resident.hands.press(SUBMIT);
  await page.clock.runFor(61_000);
  await expectRescue(resident);
  expect(await heard(page, 'hc-error')).toEqual([{ code: 'wasm_slow' }]);
});

test('the rest may be there before the widget takes over', async ({ resident, page }) => {
  const { given, give } = signal();
  await page.route('**/landlords/halton.json', async (route) => {
    await given;
    await route.continue();
  });
  const rest = page.waitForResponse(LATER);
  await page.goto('/');
  await (await rest).finished();
  give();
  await resident.isOpen();
  await resident.complains();
});

test('after a reload in the middle the form opens once all of it is there, where the resident was', async ({ resident, page, service }) => {
  const account = newWords();
  await resident.opens();
  await resident.skipsTo('question:account', saying(account));
  await resident.hands.write('account', account);
  const rest = await holdBack(page);
  await page.reload();
  const carryOn = resident.screen.locator(action('start'));
  await expect(carryOn).toHaveText(say('action.start.resume'));
  await carryOn.click();
  await expect(carryOn).toHaveText(say('start.opening'));
  rest.arrives();
  await resident.comesTo('question:account');
  await resident.shows({ account: [account] });
  await resident.complains(saying(account));
  expect(service.rowsAbout(account)).toHaveLength(1);
});

test('where the rest can’t be had after a reload, what was kept can be saved', async ({ resident, page }) => {
  await resident.opens();
  await resident.skipsTo('question:topics');
  await page.route(LATER, (route) => route.abort());
  // The last milliseconds before an end may not be kept (docs/decisions/0015).
  await page.waitForTimeout(300);
  await page.reload();
  await expectRescue(resident);
  await expect(resident.screen.locator(action('download'))).toBeVisible();
  await page.unroute(LATER);
  await resident.hands.press(action('retry'));
  await resident.comesTo('question:topics');
});

test('two forms on a page wait for the same rest, and each goes on where it was', async ({ page, service }) => {
  const rest = await holdBack(page);
  await page.goto('/');
  await page.evaluate(() => window.HousingComplaint.mount('main', { landlord: '/landlords/example.json' }).update({ id: 'other' }));
  await page.evaluate(() => { document.querySelector('housing-complaint:not([id=other])').id = 'one'; });
  const [one, other] = ['#one', '#other'].map((within) => new Resident(page, { within }));
  for (const it of [one, other]) {
    await it.isOpen();
    await it.starts();
    await it.comesTo('question:danger');
  }
  await one.hands.choose('danger', ['no']);
  await other.hands.choose('danger', ['yes']);
  await one.hands.press(SUBMIT);
  await other.hands.press(SUBMIT);
  rest.arrives();
  await one.comesTo('question:intent');
  await other.comesTo('advice:danger');
  for (const it of [one, other]) {
    const account = newWords();
    await it.skipsTo('check', saying(account));
    await it.sends();
    expect(service.row(await it.reference()).record.account).toBe(account);
  }
});

test('a form that is taken away while it waits leaves the other alone', async ({ resident, page }) => {
  const rest = await holdBack(page);
  await resident.opens();
  await resident.starts();
  await resident.hands.choose('danger', ['no']);
  await resident.hands.press(SUBMIT);
  await page.evaluate(() => { const element = document.querySelector('housing-complaint'); window.home = element.parentNode; window.gone = element; element.remove(); });
  await page.waitForTimeout(50);
  rest.arrives();
  await page.evaluate(() => window.home.append(window.gone));
  await resident.comesTo('question:danger');
  await resident.shows({ danger: ['no'] });
  await resident.complains(PLAIN);
});
