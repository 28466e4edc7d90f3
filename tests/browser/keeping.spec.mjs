// Nothing that was typed is lost by what happens in the browser, and nothing is sent twice.

import { SUBMIT, action } from './support/hands.mjs';
import { TRIES, intercept, signal, withoutPauses } from './support/moments.mjs';
import { PLAIN, Resident, newWords, saying } from './support/resident.mjs';
import { expect, test } from './support/test.mjs';
import { say } from './support/words.mjs';

// --- Reload ------------------------------------------------------------------------------------

test('a reload on any page keeps the place and every character, even before Continue', async ({ resident, page, service }) => {
  const answers = saying(newWords(), { danger: ['yes'], on_behalf_of: ['someone_else'] });
  await resident.opens();
  for (let pages = 0; (await resident.at()) !== 'check' && pages < 40; pages++) {
    const at = await resident.at();
    await resident.answers(answers);
    const before = await resident.shown();
    await page.reload();
    await resident.isOpen();
    expect(await resident.at()).toBe(at);
    expect(await resident.shown()).toEqual(before);
    await resident.skipsTo(at);
    await resident.goesOn({});
  }
  await page.reload();
  await resident.comesTo('check');
  await resident.sends();
  const reference = await resident.reference();
  expect(service.row(reference).record.account).toBe(answers.account[0]);
  await page.reload();
  expect(await resident.reference()).toBe(reference);
});

test('a reload while it is being sent loses nothing, and sends nothing twice', async ({ resident, page, service }) => {
  const never = signal();
  const sent = await intercept(page, async (route, number) => {
    if (number > 1) return route.continue();
    await route.fetch();
    await never.given;
    return route.abort().catch(() => {});
  });
  const account = newWords();
  await resident.opens();
  await resident.skipsTo('check', saying(account));
  await resident.sends();
  await resident.comesTo('sending');
  await expect.poll(() => service.rowsAbout(account)).toHaveLength(1);
  await page.reload();
  const reference = await resident.reference();
  expect(sent[1]).toEqual(sent[0]);
  expect(service.rowsAbout(account).map((row) => row.reference)).toEqual([reference]);
  never.give();
});

test('a half typed sentence that is not finished on this page is still there after Back and forth', async ({ resident }) => {
  await resident.opens();
  await resident.skipsTo('question:account');
  await resident.answers({ account: ['It began when'] });
  await resident.presses('back');
  await resident.presses('back');
  await resident.skipsTo('question:account', { ...PLAIN, account: undefined });
  expect(await resident.shown()).toEqual({ account: ['It began when'], effect: [] });
});

// --- The browser's storage -----------------------------------------------------------------------

const STORAGES = {
  'that is blocked': () => {
    Object.defineProperty(window, 'sessionStorage', {
      get() { throw new DOMException('The operation is insecure.', 'SecurityError'); },
    });
  },
  'that is full': () => {
    Storage.prototype.setItem = () => { throw new DOMException('It is full.', 'QuotaExceededError'); };
  },
  'that has rubbish in it': () => {
    Storage.prototype.getItem = () => '{"draft": [1, {"account": null}], "screen": 7, "outgoing": "x", "sent": {}}';
  },
};

for (const [what, breakIt] of Object.entries(STORAGES)) {
  test(`a browser with storage ${what} can still complain`, async ({ resident, page, service }) => {
    await page.addInitScript(breakIt);
    const account = newWords();
    await resident.opens();
    const reference = await resident.complains(saying(account));
    expect(service.row(reference).record.account).toBe(account);
  });
}

test('a second tab begins anew, and both keep and send what was typed in them', async ({ resident, page, context, service }) => {
  await resident.opens();
  await resident.skipsTo('question:account');
  const opened = context.waitForEvent('page');
  await page.evaluate(() => { window.open(location.href); });
  const other = new Resident(await opened);
  await other.isOpen();
  expect(await other.at()).toBe('start');

  const [mine, theirs] = [newWords(), newWords()];
  await resident.skipsTo('check', saying(mine));
  await other.skipsTo('check', saying(theirs));
  await resident.sends();
  await other.sends();
  const references = [await resident.reference(), await other.reference()];
  expect(service.row(references[0]).record.account).toBe(mine);
  expect(service.row(references[1]).record.account).toBe(theirs);
});

// --- Back and Forward ----------------------------------------------------------------------------

test('the browser’s Back and Forward go through all pages, and the answers stay', async ({ resident, page }) => {
  await resident.opens();
  const address = page.url();
  const answers = { ...PLAIN, danger: ['yes'] };
  const pages = await resident.goesTo('check', answers);
  expect(pages[0]).toBe('start');
  for (const at of pages.toReversed()) {
    await page.goBack();
    await resident.comesTo(at);
    expect(page.url()).toBe(address);
  }
  for (const at of [...pages.slice(1), 'check']) {
    await page.goForward();
    await resident.comesTo(at);
    await resident.shows(answers);
  }
  expect(page.url()).toBe(address);
});

test('Back in the page and Back in the browser are the same way', async ({ resident, page }) => {
  await resident.opens();
  await resident.skipsTo('question:topics');
  await resident.presses('back');
  await resident.comesTo('question:disability');
  await page.goBack();
  await resident.comesTo('question:adjustments');
  await resident.presses('back');
  await page.goBack();
  await resident.comesTo('question:intent');
});

test('Back from the first page of the form leaves the landlord’s page as it was', async ({ resident, page, baseURL }) => {
  await page.goto(`${baseURL}healthz`);
  await resident.opens();
  await resident.starts();
  await page.goBack();
  await resident.comesTo('start');
  await page.goBack();
  expect(page.url()).toBe(`${baseURL}healthz`);
});

test('Back to the first page and on again does not lose the way', async ({ resident, page }) => {
  await resident.opens();
  const address = page.url();
  await resident.starts();
  await resident.presses('back');
  await resident.comesTo('start');
  await resident.starts();
  await resident.isInHistory('question:danger');
  await page.goBack();
  expect(page.url()).toBe(address);
  await resident.comesTo('start');
});

for (const state of [{ theirs: { page: 7 } }, 'a text of theirs', 42, null]) {
  test(`the landlord’s page keeps its own history: ${JSON.stringify(state)}`, async ({ resident, page }) => {
    await resident.opens('/?source=survey#complain');
    const address = page.url();
    await page.evaluate((it) => history.replaceState(it, ''), state);
    await resident.skipsTo('question:adjustments');
    await resident.presses('back');
    await resident.comesTo('question:on_behalf_of');
    expect(page.url()).toBe(address);
    const kept = await page.evaluate(() => history.state);
    if (state && typeof state === 'object') expect(kept).toMatchObject(state);
    else if (state) expect(kept).toEqual(state);
    for (const at of ['question:intent', 'question:danger', 'start']) {
      await resident.presses('back');
      await resident.comesTo(at);
    }
  });
}

test('with history off the browser’s Back is the landlord’s alone', async ({ resident, page }) => {
  await resident.opens('/?history=off');
  const before = await page.evaluate(() => history.length);
  await resident.skipsTo('question:adjustments');
  expect(await page.evaluate(() => [history.length, history.state])).toEqual([before, null]);
});

test('Back after sending shows the reference again, and that it was sent', async ({ resident, page, service }) => {
  const account = newWords();
  await resident.opens();
  const reference = await resident.complains(saying(account));
  await page.goBack();
  await expect(resident.screen.getByRole('status')).toHaveText(say('sent.already', { reference }));
  expect(await resident.reference()).toBe(reference);
  await page.goBack();
  expect(await resident.reference()).toBe(reference);
  await page.goForward();
  expect(await resident.reference()).toBe(reference);
  expect(service.rowsAbout(account)).toHaveLength(1);
});

// --- Double clicks -------------------------------------------------------------------------------

test('a double click on any button does what one click does', async ({ resident, page, service }) => {
  const account = newWords();
  const answers = saying(account, { danger: ['yes'], on_behalf_of: ['someone_else'] });
  await resident.opens();
  const once = await resident.skipsTo('check', answers);
  await page.evaluate(() => sessionStorage.clear());
  await resident.opens();

  const twice = [];
  for (let pages = 0; (await resident.at()) !== 'check' && pages < 40; pages++) {
    const at = await resident.at();
    twice.push(at);
    if (at.startsWith('question:')) await resident.answers(answers);
    const button = at === 'start' ? action('start') : at.startsWith('advice:') ? action('choose') : SUBMIT;
    await resident.moves(() => resident.screen.locator(button).dblclick());
    const untouched = Object.entries(await resident.shown()).filter(([, values]) => values.length > 0);
    expect(untouched, `after a double click on ${at}`).toEqual([]);
  }
  expect(twice).toEqual(once);

  await resident.screen.locator(SUBMIT).dblclick();
  await resident.reference();
  expect(service.rowsAbout(account)).toHaveLength(1);
});

test('Send pressed again and again stores one complaint', async ({ resident, service }) => {
  const account = newWords();
  await resident.opens();
  await resident.skipsTo('check', saying(account));
  await resident.screen.locator(SUBMIT).evaluate((it) => { for (let press = 0; press < 10; press++) it.click(); });
  await resident.reference();
  expect(service.rowsAbout(account)).toHaveLength(1);
});

test('Try again pressed twice stores one complaint', async ({ resident, page, service }) => {
  await intercept(page, (route, number) => (number <= TRIES ? route.abort() : route.continue()));
  await withoutPauses(page);
  const account = newWords();
  await resident.opens();
  await resident.skipsTo('check', saying(account));
  await resident.sends();
  await resident.comesTo('not-sent');
  await resident.screen.locator(action('retry')).dblclick();
  await resident.reference();
  expect(service.rowsAbout(account)).toHaveLength(1);
});

// --- Changes -------------------------------------------------------------------------------------

test('Change leads to the question and straight back, and what no longer applies is not sent', async ({ resident, service }) => {
  const account = newWords();
  await resident.opens();
  await resident.skipsTo('check', saying(account, { on_behalf_of: ['someone_else'] }));
  await expect(resident.screen).toContainText('Ann Example');
  await resident.changes(say('question.on_behalf_of.title'));
  await resident.comesTo('question:on_behalf_of');
  await resident.goesOn({ on_behalf_of: ['me'] });
  await asksAboutThePersonAgain(resident);
  await expect(resident.screen).not.toContainText('Ann Example');
  await resident.sends();
  const { record } = service.row(await resident.reference());
  expect(record.representative).toBeUndefined();
  expect(JSON.stringify(record)).not.toContain('Ann Example');
});

test('a change that opens new questions asks them, and then comes back', async ({ resident }) => {
  await resident.opens();
  await resident.skipsTo('check');
  await resident.changes(say('question.on_behalf_of.title'));
  await resident.goesOn({ on_behalf_of: ['someone_else'] });
  for (const key of ['representative', 'consent', 'representative_role']) {
    await resident.comesTo(`question:${key}`);
    await resident.goesOn(PLAIN);
  }
  await asksAboutThePersonAgain(resident);
});

test('a change of one answer leads straight back', async ({ resident }) => {
  await resident.opens();
  await resident.skipsTo('check');
  await resident.changes(say('question.account.title'));
  await resident.comesTo('question:account');
  await resident.goesOn({ account: ['Something else.'] });
  await resident.comesTo('check');
  await expect(resident.screen).toContainText('Something else.');
});

/** What was said of one person is asked again of another, with the answers still there. */
async function asksAboutThePersonAgain(resident) {
  for (const key of ['adjustments', 'disability', 'identity', 'contact']) {
    await resident.comesTo(`question:${key}`);
    await resident.shows(PLAIN);
    await resident.continues();
  }
  await resident.comesTo('check');
}

test('a new complaint can be started after one was sent, and begins empty', async ({ resident, service, trouble }) => {
  await resident.opens();
  const first = await resident.complains();
  const question = say('confirm.again');
  trouble.answer[question] = false;
  await resident.hands.press(action('again'));
  expect(await resident.reference(), 'after No').toBe(first);
  trouble.answer[question] = true;
  await resident.presses('again');
  await resident.comesTo('start');
  await resident.starts();
  expect(await resident.shown()).toEqual({ danger: [] });
  const second = await resident.complains();
  expect(second).not.toBe(first);
  expect(service.row(second)).toBeTruthy();
});
