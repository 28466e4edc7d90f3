// What a resident takes away: the letter and the e-mail where the form can't send, and the copy of what was
// sent. Each is opened from the disk, as they would.

import { createHash } from 'node:crypto';

import { axe } from './support/axe.mjs';
import { test as elsewhere } from './support/elsewhere.mjs';
import { action } from './support/hands.mjs';
import { strictest } from './support/host-page.mjs';
import { intercept, withoutPauses } from './support/moments.mjs';
import { Resident, newWords, saying } from './support/resident.mjs';
import { expect, test } from './support/test.mjs';
import { longDate, say } from './support/words.mjs';

const ACCOUNT = '<b>Boiler</b> & "tap" – تدفئة 🏠\nsecond line';

/** Presses what saves a page, and opens that page from the disk. */
async function saves(resident, name) {
  const { page } = resident;
  const [download] = await Promise.all([page.waitForEvent('download'), resident.hands.press(action(name))]);
  const file = test.info().outputPath(download.suggestedFilename());
  await download.saveAs(file);
  const saved = await page.context().newPage();
  await saved.goto(`file://${file}`);
  return saved;
}

/** No fault that axe finds, in either scheme; nothing to scroll for sideways; and it prints. */
async function expectSound(saved) {
  for (const colorScheme of ['light', 'dark']) {
    await saved.emulateMedia({ colorScheme });
    for (const width of [320, 1280]) {
      await saved.setViewportSize({ width, height: 800 });
      expect(await axe(saved)).toEqual([]);
      expect(await saved.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    }
  }
  const printed = await saved.pdf({ format: 'A4' });
  expect(printed.subarray(0, 5).toString()).toBe('%PDF-');
}

/** Comes to the page that says that it could not be sent. */
async function fails(resident, address, account, status = 422) {
  await withoutPauses(resident.page);
  await intercept(resident.page, (route) => route.fulfill({ status, json: {} }));
  await resident.opens(address);
  await resident.skipsTo('check', saying(account));
  await resident.sends();
  await resident.comesTo('not-sent');
}

test('the letter has every word, prints, and has no fault', async ({ resident }) => {
  const account = newWords(ACCOUNT);
  await fails(resident, '/?landlord=example', account);
  const letter = await saves(resident, 'letter');
  const text = await letter.evaluate(() => document.body.innerText);
  for (const part of [account, 'Dear Example Homes', 'EX1 1EX', say('letter.code'), '0300 111 3000']) expect(text).toContain(part);
  await expect(letter.locator('b, img, script')).toHaveCount(0);
  await expectSound(letter);
  // What is for the screen is not on paper.
  await expect(letter.getByText(say('letter.how'))).toBeVisible();
  await letter.emulateMedia({ media: 'print' });
  await expect(letter.getByText(say('letter.how'))).toBeHidden();
});

/** The text of the e-mail, as a mail program reads it from the link. */
async function mail(resident) {
  const address = new URL(await resident.screen.locator(action('email')).getAttribute('href'));
  expect(address.pathname).toBe('complaints@example.org');
  return address.searchParams.get('body').replaceAll('\r\n', '\n');
}

test('the e-mail has every word where there is room', async ({ resident }) => {
  const account = newWords(ACCOUNT);
  await fails(resident, '/?landlord=example', account);
  expect(await mail(resident)).toContain(account);
});

test('the e-mail says that the letter has the rest where there is not', async ({ resident }) => {
  const account = newWords('word '.repeat(500));
  await fails(resident, '/?landlord=example', account);
  const text = await mail(resident);
  expect(text).not.toContain(account);
  expect(text).toContain(say('letter.rest'));
});

test('a landlord without an address for e-mail gets none', async ({ resident }) => {
  await fails(resident, '/?landlord=halton', newWords());
  await expect(resident.screen.locator(action('letter'))).toBeVisible();
  await expect(resident.screen.locator(action('email'))).toHaveCount(0);
});

test('what helps most comes first', async ({ resident, page }) => {
  const names = () => resident.screen.evaluate((it) => [...it.querySelectorAll('[data-action]')].map((one) => one.dataset.action));
  const order = (list, ...wanted) => list.filter((it) => wanted.includes(it));
  await fails(resident, '/?landlord=example', newWords());
  expect(order(await names(), 'retry', 'email', 'letter')).toEqual(['email', 'letter', 'retry']);
  expect(await axe(page)).toEqual([]);
});

elsewhere('the letter is saved from a page with the strictest policy', async ({ page, elsewhere: { site, widget } }) => {
  site.policy = strictest(widget);
  site.body = `<housing-complaint landlord="${widget}/landlords/example.json" endpoint="${widget}/v1/submissions"></housing-complaint>
    <script src="${widget}/housing-complaint/v1/housing-complaint.js" async></script>`;
  const resident = new Resident(page);
  const account = newWords();
  await fails(resident, site.origin, account);
  const letter = await saves(resident, 'letter');
  await expect(letter.getByText(account)).toBeVisible();
});

test('the copy is proof: every word, the dates, and what was sent to the byte', async ({ resident, service }) => {
  const account = newWords(ACCOUNT);
  await resident.opens();
  const reference = await resident.complains(saying(account));
  const row = service.row(reference);
  const copy = await saves(resident, 'download');
  const text = await copy.evaluate(() => document.body.innerText);
  for (const part of [account, reference, longDate(row.acknowledge_by), longDate(row.respond_by), say('rights.sent')]) expect(text).toContain(part);
  const sent = JSON.stringify(JSON.parse(await copy.locator('#housing-complaint-record').textContent()));
  expect(sent).toBe(row.body);
  expect(text).toContain(createHash('sha256').update(row.body).digest('hex'));
  await expectSound(copy);
});

test('coming back to what was sent is said, with the reference', async ({ resident, page }) => {
  await resident.opens();
  const reference = await resident.complains(saying(newWords()));
  const status = resident.screen.getByRole('status');
  await expect(status).toBeEmpty();
  await page.goBack();
  await expect(status).toHaveText(say('sent.already', { reference }));
});
