// What a later user of the browser's profile can find of what was typed "in this tab only": nothing. The whole
// profile is searched, while the browser runs and after it has ended.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from '@playwright/test';

import { LAUNCH } from './support/chromium.mjs';
import { action } from './support/hands.mjs';
import { searchProfile, unsnap } from './support/profile.mjs';
import { PLAIN, Resident } from './support/resident.mjs';
import { test as base, expect } from './support/test.mjs';

const NEUTRAL = 'https://www.bbc.co.uk/weather';
/** A machine that runs tests has none. */
const MOUSE = '--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4';
/** Long enough for everything that the browser writes late. */
const LATE = 6000;

const test = base.extend({
  /** A browser with a profile on disk, as on a library's computer. */
  library: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'housing-complaint-profile-'));
    const browser = await chromium.launchPersistentContext(folder, {
      ...LAUNCH, headless: false, args: [...LAUNCH.args, '--headless=new', MOUSE], ignoreDefaultArgs: ['--headless'],
    });
    await browser.route(NEUTRAL, (route) => route.fulfill({ contentType: 'text/html', body: '<title>Weather</title>' }));
    await use({ folder, browser });
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  },
});

test.setTimeout(120_000);

let marked = 0;
/** A word that stands nowhere else. */
function newWord() {
  marked += 1;
  const letters = (number) => [...number.toString(26)].map((it) => String.fromCharCode(97 + parseInt(it, 26))).join('');
  return `quartz${letters(Date.now())}${letters(process.pid)}${letters(marked)}zebra`;
}

const waits = () => new Promise((later) => { setTimeout(later, LATE); });

/** Types marked words, and attaches them in a file, with a reload in the middle. Gives the words, and the key under
 * which the browser keeps them. */
async function writes(page, address) {
  const [account, effect, name, file] = [newWord(), newWord(), newWord(), newWord()];
  const resident = new Resident(page);
  await resident.opens(address);
  const answers = { ...PLAIN, danger: ['yes'], account: [`He said ${account} to me.`], effect: [effect], name: [name] };
  await resident.skipsTo('question:account', answers);
  await resident.answers(answers);
  await resident.screen.locator('input[type=file]').setInputFiles({
    name: 'letter.txt', mimeType: 'text/plain', buffer: Buffer.from(`Dear ${file}\n`.repeat(2000)),
  });
  await expect(resident.screen.locator('.files')).toContainText('letter.txt');
  // A file that is still being added is named after a reload, and has to be chosen again.
  await expect(resident.screen.locator('.files progress')).toHaveCount(0);
  await page.reload();
  await resident.comesTo('question:account');
  expect(await resident.shown()).toMatchObject({ account: answers.account, effect: answers.effect });
  await expect(resident.screen.locator('.files')).toContainText('letter.txt');
  await resident.skipsTo('check', answers);
  await page.reload();
  await resident.comesTo('check');
  for (const text of [account, name, 'letter.txt']) await expect(resident.screen).toContainText(text);
  const key = await page.evaluate(() => Object.values(JSON.parse(window.name.replace(/^hc:/, ''))));
  expect(key).toHaveLength(1);
  return { resident, words: [account, effect, name, file, ...key] };
}

/** Words that are kept as anybody would: if these are not found, the search is no good. */
async function writesPlainly(browser, address) {
  const [session, database] = [newWord(), newWord()];
  const page = await browser.newPage();
  await page.goto(`${address}healthz`);
  await page.evaluate(async ([one, other]) => {
    sessionStorage.setItem('control', one);
    const request = indexedDB.open('control');
    request.onupgradeneeded = () => request.result.createObjectStore('list', { autoIncrement: true });
    await new Promise((done) => { request.onsuccess = done; });
    const transaction = request.result.transaction('list', 'readwrite');
    transaction.objectStore('list').add(other);
    await new Promise((done) => { transaction.oncomplete = done; });
  }, [session, database]);
  await page.close();
  return [session, database];
}

async function expectNoTrace({ folder, browser }, words, plain) {
  const none = Object.fromEntries(words.map((word) => [word, []]));
  await waits();
  expect(await searchProfile(folder, words), 'while the browser runs').toEqual(none);
  await browser.close();
  expect(await searchProfile(folder, words), 'after it has ended').toEqual(none);
  for (const [word, files] of Object.entries(await searchProfile(folder, plain))) {
    expect(files, `the search finds ${word}`).not.toEqual([]);
  }
}

test('a tab that was closed leaves no word, no file and no key in the profile', async ({ library, service }) => {
  const plain = await writesPlainly(library.browser, service.url);
  const page = await library.browser.newPage();
  const { words } = await writes(page, service.url);
  await page.close();
  await expectNoTrace(library, words, plain);
});

test('a page that was hidden leaves no word, no file and no key in the profile', async ({ library, service }) => {
  const plain = await writesPlainly(library.browser, service.url);
  const page = await library.browser.newPage();
  const { resident, words } = await writes(page, service.url);
  await resident.hands.press(action('hide'));
  await page.waitForURL(NEUTRAL);
  // The tab stays open: somebody else sits down at it.
  await expectNoTrace(library, words, plain);
});

test('a complaint that was sent leaves no word in the profile once its tab is closed', async ({ library, service }) => {
  const plain = await writesPlainly(library.browser, service.url);
  const page = await library.browser.newPage();
  const { resident, words } = await writes(page, service.url);
  await resident.sends();
  const reference = await resident.reference();
  await page.close();
  await expectNoTrace(library, [...words, reference], plain);
});

test('the search reads what the browser compresses', () => {
  // From the description of the format: a literal of 4 bytes, and 8 more from 4 back.
  expect(unsnap(Buffer.from([12, 3 << 2, 0x77, 0x6f, 0x72, 0x64, (4 << 2) | 1, 4])).toString()).toBe('wordwordword');
});
