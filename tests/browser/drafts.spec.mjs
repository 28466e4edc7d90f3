// Where answers are kept until they are sent: in this tab, on this device, in a file. What that means is said
// before, what was kept can be deleted, and what can't be kept or opened is explained.

import { readFile, writeFile } from 'node:fs/promises';

import { axe } from './support/axe.mjs';
import { arrived, pdf, photo, stored } from './support/files.mjs';
import { Keyboard, action } from './support/hands.mjs';
import { LEAST, PLAIN, Resident, newWords, saying } from './support/resident.mjs';
import { expect, test } from './support/test.mjs';
import { longDate, say } from './support/words.mjs';

const DAY = 86_400_000;
const KEPT_UNTIL = () => longDate(new Date(Date.now() + 30 * DAY).toISOString().slice(0, 10));

const files = (resident) => resident.screen.locator('[data-file]');

/** Types words of its own, and attaches files. */
async function writes(resident, address = '/', { answers = saying(newWords()), attached = [] } = {}) {
  await resident.opens(address);
  await resident.skipsTo('question:account', answers);
  await resident.answers(answers);
  if (attached.length > 0) {
    await resident.screen.locator('#evidence').setInputFiles(attached);
    await expect(files(resident)).toHaveCount(attached.length);
    await expect(resident.screen.locator('[data-file] progress')).toHaveCount(0);
  }
  return answers;
}

/** The same, kept on the device. */
async function writesOnDevice(resident, more) {
  const answers = await writes(resident, '/', more);
  await resident.presses('keep');
  await resident.hands.press(action('keep_device'));
  await expect(resident.screen).toContainText(say('keep.device.now', { date: KEPT_UNTIL() }));
  return answers;
}

/** Somebody in another tab of the same browser. */
async function inAnotherTab(context, address = '/') {
  const other = new Resident(await context.newPage());
  return other.opens(address);
}

/** From wherever the page opens to the question that was left, by its own way. */
async function carriesOn(resident) {
  if ((await resident.at()) === 'start') {
    await expect(resident.screen.locator(action('start'))).toHaveText(say('action.start.resume'));
    await resident.starts();
  }
  await resident.comesTo('question:account');
}

/** Everything that the browser keeps of this site, and how many rows. */
const keeps = (page) => page.evaluate(async () => {
  const texts = [document.cookie, window.name, ...Object.entries(localStorage).flat(), ...Object.entries(sessionStorage).flat()];
  let rows = 0;
  const decode = (bytes) => ['utf-8', 'utf-16le'].map((it) => new TextDecoder(it).decode(bytes)).join(' ');
  const read = async (value) => {
    if (value instanceof Blob) return decode(await value.arrayBuffer());
    if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return decode(value);
    if (value && typeof value === 'object') return (await Promise.all(Object.entries(value).flat().map(read))).join(' ');
    return String(value);
  };
  const asked = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  for (const { name } of await indexedDB.databases()) {
    const database = await asked(indexedDB.open(name));
    for (const list of database.objectStoreNames) {
      const all = database.transaction(list).objectStore(list);
      const found = [...await asked(all.getAllKeys()), ...await asked(all.getAll())];
      rows += found.length;
      texts.push(...await Promise.all(found.map(read)));
    }
    database.close();
  }
  return { rows, text: texts.join(' '), entries: localStorage.length + sessionStorage.length };
});

/** Whether the browser would ask before it leaves this page. */
const asksBeforeLeaving = (page) => page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })));

/** Saves the file; gives its name and its bytes. */
async function savesFile(resident) {
  const [download] = await Promise.all([resident.page.waitForEvent('download'), resident.hands.press(action('save_file'))]);
  const name = download.suggestedFilename();
  await expect(resident.screen).toContainText(say('keep.file.saved', { name }));
  return { name, mimeType: 'text/html', buffer: await readFile(await download.path()) };
}

const opensFile = (resident, file) => resident.screen.locator('#open-file').setInputFiles(file);
const told = (resident) => resident.screen.getByRole('status').filter({ has: resident.page.locator('.told') });

// --- In this tab ---------------------------------------------------------------------------------------------

test('from every step there is a way to keep the answers, and back to the same place', async ({ resident }) => {
  const answers = saying(newWords(), { danger: ['yes'], on_behalf_of: ['someone_else'] });
  await resident.opens();
  await resident.starts();
  for (let pages = 0; (await resident.at()) !== 'check'; pages++) {
    expect(pages).toBeLessThan(40);
    await expect(resident.screen.locator(action('keep')), await resident.at()).toBeVisible();
    await resident.skipsOne(answers);
  }
  await resident.presses('keep');
  await resident.comesTo('keep');
  await expect(resident.screen).toContainText(say('keep.tab.now'));
  await expect(resident.screen.locator('[data-rights]')).toContainText('0300 111 3000');
  await resident.presses('back');
  await resident.comesTo('check');
  await expect(resident.screen).toContainText(answers.account[0]);
});

test('what is kept in the tab is not readable where it lies', async ({ resident, page }) => {
  const [word, inFile] = [newWords('zebra'), newWords('quartz')];
  const letter = { name: 'secret name.txt', mimeType: 'text/plain', buffer: Buffer.from(`${inFile}\n`.repeat(500)) };
  await writes(resident, '/', { answers: saying(word), attached: [letter] });
  await page.reload();
  await resident.comesTo('question:account');
  expect(await resident.shown()).toMatchObject({ account: [word] });
  const { text, rows } = await keeps(page);
  expect(rows, 'there is something to search').toBeGreaterThan(2);
  for (const it of [word, inFile, 'secret name', 'question:account', 'gate']) expect(text).not.toContain(it);
  // The search would find them.
  await page.evaluate(([one, other]) => new Promise((done) => {
    const request = indexedDB.open('plain', 1);
    request.onupgradeneeded = () => {
      const list = request.result.createObjectStore('list', { autoIncrement: true });
      list.add({ bytes: new TextEncoder().encode(one) });
      list.add([new Blob([other])]);
    };
    request.onsuccess = () => { request.result.close(); done(); };
  }), [word, inFile]);
  const plain = await keeps(page);
  for (const it of [word, inFile]) expect(plain.text).toContain(it);
});

test('deleting takes two presses, can be thought better of, and leaves nothing in the browser', async ({ resident, page, context }) => {
  const answers = await writesOnDevice(resident, { attached: [photo('door.jpg')] });
  await resident.hands.press(action('delete'));
  await expect(resident.screen).toContainText(say('keep.delete.sure'));
  await resident.hands.press(action('clear_not'));
  await expect(resident.screen).not.toContainText(say('keep.delete.sure'));
  await resident.presses('back');
  await resident.shows(answers);
  await expect(files(resident)).toHaveCount(1);

  await resident.presses('keep');
  await resident.hands.press(action('delete'));
  await resident.presses('clear');
  await resident.comesTo('start');
  await expect.poll(async () => (await keeps(page)).rows).toBe(0);
  expect(await keeps(page)).toMatchObject({ entries: 0 });
  expect(await page.evaluate(() => window.name)).toBe('');
  await page.goBack();
  await page.goForward();
  await page.reload();
  await resident.isOpen();
  await resident.skipsTo('question:account', { ...PLAIN, account: undefined });
  expect(await resident.shown()).toEqual({ account: [], effect: [] });
  await expect(files(resident)).toHaveCount(0);
  await page.close();
  const other = await inAnotherTab(context);
  await expect(other.screen.locator(action('start'))).toHaveText(say('action.start'));
});

test('a draft that the version before kept in the tab still opens', async ({ resident, page }) => {
  const account = newWords();
  await resident.opens();
  const pages = await resident.skipsTo('question:account', LEAST);
  const done = pages.filter((it) => it.startsWith('question:')).map((it) => it.slice('question:'.length));
  // As version 0.1.0 wrote it, before it had attachments: plain, under the name of the instance.
  const answers = Object.fromEntries(Object.entries(LEAST).filter(([name]) => done.includes(name)));
  const draft = { version: 1, answers: { ...answers, account: [account] }, done, chosen: {}, words: {} };
  await page.evaluate((text) => {
    sessionStorage.clear();
    sessionStorage.setItem(document.querySelector('housing-complaint').instance, text);
  }, JSON.stringify({ draft, screen: 'question:account', hasChecked: false }));
  await page.reload();
  await resident.comesTo('question:account');
  expect(await resident.shown()).toEqual({ account: [account], effect: [] });
  // From now on it is kept as anything else.
  await resident.answers({ effect: ['and more'] });
  await page.reload();
  await resident.comesTo('question:account');
  expect(await resident.shown()).toEqual({ account: [account], effect: ['and more'] });
  expect((await keeps(page)).text).not.toContain(account);
});

// --- On this device --------------------------------------------------------------------------------------------

test('answers are kept on the device only when asked, and another visit carries on with everything', async ({ resident, page, context, service }) => {
  const file = photo('door.jpg', 1_200_000);
  const answers = await writes(resident, '/', { attached: [file] });
  await resident.presses('keep');
  await expect(resident.screen).toContainText(say('keep.tab.now'));
  await expect(resident.screen).toContainText(say('keep.device.what'));
  expect(await page.evaluate(() => localStorage.length)).toBe(0);
  await resident.hands.press(action('keep_device'));
  await expect(resident.screen.getByRole('status').filter({ hasText: say('keep.device.now', { date: KEPT_UNTIL() }) })).toHaveCount(1);
  // It stays there over a reload.
  await page.reload();
  await carriesOn(resident);
  await page.close();

  const other = await inAnotherTab(context);
  await carriesOn(other);
  await other.shows(answers);
  await expect(files(other)).toHaveCount(1);
  await other.skipsTo('check', answers);
  await other.sends();
  const reference = await other.reference();
  await expect(other.screen).toContainText(say('uploads.done', { all: 1 }));
  expect(stored(service, reference)).toEqual(arrived(file));
});

test('who changes their mind has the answers in the tab only', async ({ resident, page, context }) => {
  const answers = await writesOnDevice(resident);
  await resident.hands.press(action('keep_tab'));
  await expect(resident.screen).toContainText(say('keep.tab.now'));
  await page.reload();
  await carriesOn(resident);
  await resident.shows(answers);
  await page.close();
  const other = await inAnotherTab(context);
  await expect(other.screen.locator(action('start'))).toHaveText(say('action.start'));
});

test('after 30 days it is gone from the device, with its files', async ({ resident, page, context }) => {
  await writesOnDevice(resident, { attached: [photo('door.jpg')] });
  await page.close();
  const other = await context.newPage();
  await other.goto('/healthz');
  expect((await keeps(other)).rows).toBeGreaterThan(2);
  // As if it had been kept a month ago.
  await other.evaluate((time) => new Promise((done, failed) => {
    const request = indexedDB.open('housing-complaint');
    request.onsuccess = () => {
      const transaction = request.result.transaction('drafts', 'readwrite');
      transaction.objectStore('drafts').openCursor().onsuccess = ({ target: { result: cursor } }) => {
        if (!cursor) return;
        cursor.update({ ...cursor.value, until: cursor.value.until - time, touched: cursor.value.touched - time });
        cursor.continue();
      };
      transaction.oncomplete = () => { request.result.close(); done(); };
      transaction.onabort = failed;
    };
  }), 30 * DAY + 60_000);
  const late = await new Resident(other).opens();
  expect(await late.at()).toBe('start');
  await expect(late.screen.locator(action('start'))).toHaveText(say('action.start'));
  await expect.poll(async () => (await keeps(other)).rows).toBe(0);
});

test('each change keeps it for 30 days more', async ({ resident, page }) => {
  await page.clock.install();
  await writesOnDevice(resident);
  await page.clock.setFixedTime(Date.now() + 20 * DAY);
  await resident.presses('back');
  await resident.answers({ effect: ['Something new.'] });
  await page.reload();
  await carriesOn(resident);
  await resident.presses('keep');
  const date = longDate(new Date(Date.now() + 50 * DAY).toISOString().slice(0, 10));
  await expect(resident.screen).toContainText(say('keep.device.now', { date }));
});

test('of two tabs with one draft one has it, and says so; the other can take it over', async ({ resident, page, context }) => {
  await writesOnDevice(resident);
  const other = await inAnotherTab(context);
  await expect(other.screen).toContainText(say('start.elsewhere'));
  expect(await axe(other.page)).toEqual([]);
  await other.hands.press(action('take'));
  await carriesOn(other);
  const newer = newWords('Newer');
  await other.answers({ account: [newer] });

  await expect(resident.screen).toContainText(say('start.elsewhere'));
  expect(await resident.at()).toBe('start');
  // What is typed here now has nothing to do with it.
  await resident.skipsTo('question:account', { ...PLAIN, account: undefined });
  expect(await resident.shown()).toEqual({ account: [], effect: [] });
  await resident.answers({ account: ['Older, or another complaint.'] });
  await page.close();
  await other.page.close();
  const third = await inAnotherTab(context);
  await carriesOn(third);
  expect(await third.shown()).toMatchObject({ account: [newer] });
});

test('a tab that is duplicated on a phone says that the answers are open in the first', async ({ resident, page, context }) => {
  // Without a mouse all that opens a draft is in what the browser copies.
  await context.addInitScript(() => {
    const { matchMedia } = window;
    window.matchMedia = (query) => matchMedia.call(window, query.includes('pointer: fine') ? 'not all' : query);
  });
  const answers = await writes(resident);
  const opened = context.waitForEvent('page');
  await page.evaluate(() => { window.open(location.href); });
  const other = new Resident(await opened);
  await other.isOpen();
  await expect(other.screen).toContainText(say('start.elsewhere'));
  await page.reload();
  await carriesOn(resident);
  await resident.shows(answers);
  // And it can be had there.
  await other.hands.press(action('take'));
  await carriesOn(other);
  await other.shows(answers);
  await expect(resident.screen).toContainText(say('start.elsewhere'));
});

// --- Where the landlord or the browser does not want it -----------------------------------------------------------

test('with drafts="tab" the device is not offered', async ({ resident }) => {
  await writes(resident, '/?drafts=tab');
  await resident.presses('keep');
  await expect(resident.screen).toContainText(say('keep.tab.now'));
  await expect(resident.screen.locator(action('save_file'))).toBeVisible();
  await expect(resident.screen.locator(action('keep_device'))).toHaveCount(0);
  await expect(resident.screen).not.toContainText(say('keep.device.what'));
});

test('with drafts="off" nothing is kept, and the page says so, and has the file', async ({ resident, page, trouble }) => {
  const answers = await writes(resident, '/?drafts=off', { attached: [photo('door.jpg')] });
  await resident.presses('keep');
  await expect(resident.screen).toContainText(say('keep.nowhere'));
  await expect(resident.screen.locator(action('keep_device'))).toHaveCount(0);
  expect(await asksBeforeLeaving(page)).toBe(true);
  expect(await keeps(page)).toMatchObject({ rows: 0, entries: 0 });
  const file = await savesFile(resident);
  // The browser's own question has no words of ours.
  trouble.answer[''] = true;
  await resident.opens('/?drafts=off');
  expect(await resident.at()).toBe('start');
  await resident.starts();
  await resident.presses('keep');
  await opensFile(resident, file);
  await expect(told(resident)).toHaveText(say('keep.file.opened'));
  await resident.presses('back');
  await resident.comesTo('question:account');
  await resident.shows(answers);
  await expect(files(resident)).toHaveCount(1);
});

const STORES = {
  'that blocks its store': () => {
    for (const name of ['indexedDB', 'sessionStorage', 'localStorage']) {
      Object.defineProperty(window, name, { get() { throw new DOMException('It is blocked.', 'SecurityError'); } });
    }
  },
  'whose store is full': () => {
    IDBObjectStore.prototype.put = () => { throw new DOMException('It is full.', 'QuotaExceededError'); };
  },
  // As in private windows of older browsers.
  'that opens no store': () => {
    IDBFactory.prototype.open = () => {
      const request = {};
      setTimeout(() => {
        request.error = new DOMException('A mutation operation was attempted.', 'InvalidStateError');
        request.onerror?.({ target: request, preventDefault() {} });
      });
      return request;
    };
  },
};

for (const [what, breakIt] of Object.entries(STORES)) {
  test(`a browser ${what} says so plainly, asks before it leaves, and has the file`, async ({ resident, page }) => {
    await page.addInitScript(breakIt);
    await writes(resident);
    await resident.presses('keep');
    await expect(resident.screen).toContainText(say('keep.nowhere'));
    expect(await asksBeforeLeaving(page)).toBe(true);
    await resident.hands.press(action('keep_device'));
    await expect(resident.screen).toContainText(say('keep.device.cant'));
    await expect(resident.screen).not.toContainText(say('keep.tab.now'));
    await savesFile(resident);
    await resident.hands.press(action('delete'));
    await resident.presses('clear');
    await resident.comesTo('start');
    expect(await asksBeforeLeaving(page)).toBe(false);
  });
}

test('a browser that keeps everything lets go of the page without a question', async ({ resident, page }) => {
  await writes(resident);
  await expect.poll(() => asksBeforeLeaving(page)).toBe(false);
});

// --- A file ----------------------------------------------------------------------------------------------------

test('a file that was saved is opened on another device with everything in it, and sent from there', async ({ resident, browser, service }) => {
  const attached = [photo('door.jpg', 1_400_000), pdf('letter <from> Zoë.pdf', 5001)];
  const answers = await writes(resident, '/', { attached });
  await resident.presses('keep');
  const file = await savesFile(resident);
  expect(file.name).toMatch(/^my-answers-\d{4}-\d\d-\d\d\.html$/);

  const context = await browser.newContext({ baseURL: service.url });
  const other = await inAnotherTab(context);
  await other.starts();
  await other.presses('keep');
  await opensFile(other, file);
  await expect(told(other)).toHaveText(say('keep.file.opened'));
  await other.presses('back');
  await other.comesTo('question:account');
  await other.shows(answers);
  await other.page.reload();
  await other.comesTo('question:account');
  await other.shows(answers);
  await expect(files(other).locator('.file-name')).toHaveText(attached.map((it) => it.name));
  await other.skipsTo('check', answers);
  await other.sends();
  const reference = await other.reference();
  expect(service.row(reference).record.account).toBe(answers.account[0]);
  await expect(other.screen).toContainText(say('uploads.done', { all: 2 }));
  expect(stored(service, reference)).toEqual(arrived(...attached));
  await context.close();
});

test('a file that was saved elsewhere, cut or changed is opened as far as it goes, and what is the matter is said', async ({ resident, browser, service }) => {
  const attached = [photo('door.jpg', 40_000), photo('wall.jpg', 400_000)];
  const answers = await writes(resident, '/', { attached });
  await resident.presses('keep');
  const { buffer, ...file } = await savesFile(resident);
  const text = buffer.toString('latin1');

  const context = await browser.newContext({ baseURL: service.url });
  const other = new Resident(await context.newPage());
  const opens = async (bytes, landlord = 'halton') => {
    await other.opens(`/?landlord=${landlord}&history=off`);
    if ((await other.at()) === 'start') await other.starts();
    await other.presses('keep');
    await opensFile(other, { ...file, buffer: bytes });
    await expect(told(other)).toContainText(say('keep.file.opened'));
  };
  const carriesOnThere = async (names) => {
    await other.presses('back');
    // Another landlord may ask more before.
    await other.skipsTo('question:account', { ...PLAIN, account: undefined, effect: undefined });
    await expect(files(other).locator('.file-name')).toHaveText(names);
  };

  await opens(buffer, 'example');
  await expect(told(other)).toContainText(say('draft_file.other_landlord', { name: 'Halton Housing', landlord: 'Example Homes' }));
  await carriesOnThere(['door.jpg', 'wall.jpg']);
  await other.shows(answers);

  await opens(buffer.subarray(0, buffer.length / 2));
  await expect(told(other)).toContainText(say('draft_file.cut_off'));
  await expect(told(other)).toContainText(say('draft_file.file_cut_off', { name: 'wall.jpg' }));
  await carriesOnThere(['door.jpg']);
  await other.shows(answers);

  const edited = text.replace(/(id="housing-complaint-draft".*?)We hear it at night/s, '$1We hear it by day');
  expect(edited).not.toBe(text);
  await opens(Buffer.from(edited, 'latin1'));
  await expect(told(other)).toContainText(say('draft_file.changed'));
  await carriesOnThere(['door.jpg', 'wall.jpg']);
  await other.shows({ ...answers, effect: ['We hear it by day.'] });
  await context.close();
});

test('a file that can’t be used changes nothing, and that is said', async ({ resident }) => {
  const attached = [photo('door.jpg')];
  const answers = await writes(resident, '/', { attached });
  await resident.presses('keep');
  const { buffer } = await savesFile(resident);
  const page = (name, text) => ({ name, mimeType: 'text/html', buffer: Buffer.from(text) });
  const film = test.info().outputPath('film.html');
  await writeFile(film, Buffer.alloc(45_000_000, '<b>'));
  const broken = '<!doctype html><script type="application/json" id="housing-complaint-draft">nothing</script>';
  for (const [file, key] of [
    [photo('holiday.jpg'), 'not_ours'],
    [page('news.html', '<!doctype html><title>News</title><script>alert(1)</script>'), 'not_ours'],
    [page('empty.html', ''), 'not_ours'],
    [film, 'not_ours'],
    [page('broken.html', broken), 'unreadable'],
  ]) {
    await opensFile(resident, file);
    await expect(told(resident), file.name ?? file).toHaveText(say(`draft_file.${key}`));
    // One that can be used, so that the next refusal is a new one.
    await opensFile(resident, page('cleared.html', buffer.toString().replace('data-sha256="', 'data-sha256="0')));
    await expect(told(resident)).toContainText(say('draft_file.changed'));
  }
  await resident.presses('back');
  await resident.comesTo('question:account');
  await resident.shows(answers);
  await expect(files(resident)).toHaveCount(1);
});

test('the copy of what was sent can’t be carried on with, and that is said', async ({ resident, page }) => {
  await resident.opens();
  await resident.complains(saying(newWords()));
  const [download] = await Promise.all([page.waitForEvent('download'), resident.hands.press(action('download'))]);
  const buffer = await readFile(await download.path());
  await resident.opensAnew('/');
  await resident.starts();
  await resident.presses('keep');
  await opensFile(resident, { name: 'copy.html', mimeType: 'text/html', buffer });
  await expect(told(resident)).toHaveText(say('draft_file.sent_copy'));
});

// --- For everybody -----------------------------------------------------------------------------------------------

test('by keyboard alone: to keep, to save, to open, and to delete', async ({ page }) => {
  const resident = new Resident(page, { hands: Keyboard });
  await resident.opens();
  await resident.skipsTo('question:account');
  await resident.answers({ account: LEAST.account });
  await resident.presses('keep');
  await expect(resident.screen.locator('[part=heading]')).toBeFocused();
  await resident.hands.press(action('keep_device'));
  await expect(resident.screen).toContainText(say('keep.device.now', { date: KEPT_UNTIL() }));
  const file = await savesFile(resident);
  await resident.hands.tabTo('#open-file');
  await opensFile(resident, file);
  await expect(told(resident)).toHaveText(say('keep.file.opened'));
  await resident.hands.press(action('delete'));
  // The way on is not at the other end of the page.
  await page.keyboard.press('Tab');
  const isNear = await resident.screen.evaluate((it) => Boolean(it.getRootNode().activeElement?.closest('[data-action=clear], [data-action=clear_not], #delete-sure')));
  expect(isNear, 'the next Tab comes to the question').toBe(true);
  await resident.presses('clear');
  await resident.comesTo('start');
  await expect(resident.screen.locator('[part=heading]')).toBeFocused();
});

test('the page has no fault in any colours, and nothing to scroll for sideways on a small phone', async ({ resident, page }) => {
  await writesOnDevice(resident);
  await opensFile(resident, photo('holiday.jpg'));
  await expect(told(resident)).toHaveText(say('draft_file.not_ours'));
  await resident.hands.press(action('delete'));
  for (const media of [{ colorScheme: 'dark', forcedColors: 'none' }, { colorScheme: 'light' }, { forcedColors: 'active' }]) {
    await page.emulateMedia(media);
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      // The colours follow those of the page a moment later.
      await expect.poll(() => axe(page), `${JSON.stringify(media)} ${width}`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    }
  }
});
