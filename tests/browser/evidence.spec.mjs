// What a resident attaches: it arrives whole and once, whatever happens on the way, and what can't be taken is
// said by name before anybody waits.

import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { FileStore } from '@tus/file-store';
import { Server as TusServer } from '@tus/server';

import { axe } from './support/axe.mjs';
import { arrived, pdf, photo, program, sample, sha256, stored } from './support/files.mjs';
import { Keyboard, action } from './support/hands.mjs';
import { startHostPage } from './support/host-page.mjs';
import { signal, withPauses } from './support/moments.mjs';
import { PLAIN, Resident, newWords, saying } from './support/resident.mjs';
import { startService } from './support/service.mjs';
import { test as base, expect } from './support/test.mjs';
import { say } from './support/words.mjs';

const test = base.extend({
  /** A service that takes little. */
  small: [async ({}, use) => {
    const flags = ['--max-file-size', '100kB', '--max-files', '4', '--max-total-size', '150kB'];
    const service = await startService({ flags });
    await use(service);
    await service.close();
  }, { scope: 'worker' }],

  /** A service of the test's own, which it may stop. */
  own: async ({}, use) => {
    const service = await startService();
    await use(service);
    await service.close();
  },
});

const control = (resident) => resident.screen.locator('#evidence');
const lines = (resident) => resident.screen.locator('[data-file]');
const line = (resident, name) => lines(resident).filter({ hasText: name });
const refusals = (resident) => resident.screen.getByRole('alert').locator('p');
const spoken = (resident, text) => resident.screen.getByRole('status').filter({ hasText: text });
const kilobytes = (file) => say('size.kb', { count: Math.ceil(file.buffer.length / 1000) });

/** Comes to the page on which files are added, with its own words typed. */
async function comesToFiles(resident, address, answers = PLAIN) {
  await resident.opens(address);
  await resident.skipsTo('question:account', answers);
  await resident.answers(answers);
}

/** Adds files, and waits until all of them are there. */
async function attaches(resident, ...files) {
  await control(resident).setInputFiles(files);
  for (const { name } of files) await expect(line(resident, name)).toBeVisible();
  await expect(resident.screen.locator('[data-file] progress')).toHaveCount(0);
}

async function expectListed(resident, ...names) {
  await expect(lines(resident).locator('.file-name')).toHaveText(names);
}

/** From the page with the files to *sent*; gives the reference. */
async function sends(resident, answers = PLAIN) {
  await resident.skipsTo('check', answers);
  await resident.sends();
  return resident.reference();
}

async function expectAllArrived(resident, service, reference, ...files) {
  await expect(resident.screen).toContainText(say('uploads.done', { all: files.length }), { timeout: 30_000 });
  expect(stored(service, reference)).toEqual(arrived(...files));
}

/** No fault that axe finds, in any colours, and nothing to scroll for sideways on a small phone. */
async function expectSound(page, widths = [320]) {
  for (const media of [{ colorScheme: 'dark', forcedColors: 'none' }, { colorScheme: 'light' }, { forcedColors: 'active' }]) {
    await page.emulateMedia(media);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 800 });
      // The colours follow those of the page a moment later.
      await expect.poll(() => axe(page), `${JSON.stringify(media)} ${width}`).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    }
  }
}

/** Stops at this request for pieces of a file, until `give()`; knows how many were sent so far. */
async function holdUploads(page, at) {
  const [reached, gate] = [signal(), signal()];
  const held = { reached: reached.given, give: gate.give, count: 0 };
  await page.route('**/v1/uploads/*', async (route) => {
    const request = route.request();
    if (request.method() !== 'PATCH') return route.continue();
    held.count += 1;
    if (held.count === at) {
      reached.give();
      await gate.given;
    }
    return route.continue().catch(() => {});
  });
  return held;
}

// --- Adding ------------------------------------------------------------------------------------------------

test('files are chosen and dropped, several at once; each is listed, read aloud, and can be removed', async ({ resident, page, service }) => {
  const [door, wall, letter, video] = [photo('door.jpg'), photo('wall <b>.jpg', 41_000), pdf('letter.pdf'), sample('ffmpeg.mp4')];
  const answers = saying(newWords());
  await comesToFiles(resident, '/', answers);
  await attaches(resident, door, wall);
  await expect(spoken(resident, say('files.added', { name: 'wall <b>.jpg', count: 2 }))).toHaveCount(1);

  const dropped = await page.evaluateHandle((files) => {
    const data = new DataTransfer();
    for (const { name, bytes } of files) data.items.add(new File([Uint8Array.from(atob(bytes), (it) => it.charCodeAt(0))], name));
    return data;
  }, [letter, video].map((it) => ({ name: it.name, bytes: it.buffer.toString('base64') })));
  // A browser that is not told otherwise would open the file in place of the page.
  const isTaken = await control(resident).evaluate((it, dataTransfer) => ['dragover', 'drop'].map((type) => {
    const event = new DragEvent(type, { dataTransfer, bubbles: true, composed: true, cancelable: true });
    return !it.closest('.field').dispatchEvent(event);
  }), dropped);
  expect(isTaken).toEqual([true, true]);
  await expectListed(resident, 'door.jpg', 'wall <b>.jpg', 'letter.pdf', 'ffmpeg.mp4');
  await expect(spoken(resident, say('files.added', { name: 'ffmpeg.mp4', count: 4 }))).toHaveCount(1);
  for (const file of [door, wall, letter, video]) {
    await expect(line(resident, file.name)).toContainText(kilobytes(file));
    await expect(resident.screen.getByRole('button', { name: `${say('action.remove')}: ${file.name}`, exact: true })).toBeVisible();
  }

  await page.reload();
  await resident.comesTo('question:account');
  await expectListed(resident, 'door.jpg', 'wall <b>.jpg', 'letter.pdf', 'ffmpeg.mp4');
  await resident.shows(answers);
  await line(resident, 'letter.pdf').locator(action('remove')).click();
  await expectListed(resident, 'door.jpg', 'wall <b>.jpg', 'ffmpeg.mp4');
  await page.reload();
  await resident.comesTo('question:account');
  await expectListed(resident, 'door.jpg', 'wall <b>.jpg', 'ffmpeg.mp4');

  await resident.skipsTo('check', answers);
  for (const file of [door, wall]) await expect(resident.screen).toContainText(`${file.name} (${kilobytes(file)})`);
  await expect(resident.screen).not.toContainText('letter.pdf');
  const reference = await sends(resident);
  const { record } = service.row(reference);
  expect(record.evidence).toMatchObject([
    { name: 'door.jpg', size: 3000, mediaType: 'image/jpeg', sha256: sha256(door.buffer) },
    { name: 'wall <b>.jpg', size: 41_000, mediaType: 'image/jpeg', sha256: sha256(wall.buffer) },
    { name: 'ffmpeg.mp4', mediaType: 'video/mp4' },
  ]);
  await expect(resident.screen).toContainText(say('uploads.done', { all: 3 }));
  const files = stored(service, reference);
  expect(files.slice(0, 2)).toEqual(arrived(door, wall));
  expect(files.map(({ sha256: it }) => it)).toEqual(record.evidence.map(({ sha256: it }) => it));
});

for (const [kind, answers] of Object.entries({
  service_request: { intent: ['report'] },
  stage2: { intent: ['stage2'] },
  addition: { intent: ['add'] },
})) {
  test(`files go with a ${kind}`, async ({ resident, service }) => {
    const file = photo(`${kind}.jpg`);
    const all = saying(newWords(), answers);
    await resident.opens();
    for (let pages = 0; !(await control(resident).count()); pages++) {
      expect(pages, 'there is a page for files').toBeLessThan(20);
      await resident.skipsOne(all);
    }
    await attaches(resident, file);
    const reference = await sends(resident, all);
    expect(service.row(reference)).toMatchObject({ kind });
    await expectAllArrived(resident, service, reference, file);
  });
}

test('what can’t be taken is said by name with its reason, and costs nothing else', async ({ resident, page, small }) => {
  const answers = saying(newWords());
  await comesToFiles(resident, small.url, answers);
  const limits = { files: 4, size: say('size.kb', { count: 100 }) };
  await expect(resident.screen).toContainText(say('field.evidence.hint', limits));
  const refused = (name, reason) => say(`files.refused.${reason}`, { name, ...limits });
  const fine = photo('fine.jpg', 1000);

  const empty = { name: 'empty.jpg', mimeType: 'image/jpeg', buffer: Buffer.alloc(0) };
  await control(resident).setInputFiles([empty, program('holiday.jpg'), photo('huge.jpg', 100_001), fine]);
  await expect(refusals(resident)).toHaveText([
    refused('empty.jpg', 'empty'), refused('huge.jpg', 'too_big'), refused('holiday.jpg', 'wrong_type'),
  ]);
  await expectListed(resident, 'fine.jpg');
  await resident.shows(answers);

  await control(resident).setInputFiles([{ ...fine, name: 'the same under another name.jpg' }]);
  await expect(refusals(resident)).toHaveText([refused('the same under another name.jpg', 'twice')]);
  await expectListed(resident, 'fine.jpg');

  await control(resident).setInputFiles([photo('half.jpg', 90_000), photo('other half.jpg', 70_000)]);
  await expect(refusals(resident)).toHaveText([refused('other half.jpg', 'too_much')]);
  await expectListed(resident, 'fine.jpg', 'half.jpg');

  await control(resident).setInputFiles(['a', 'b', 'c'].map((it) => photo(`${it}.jpg`, 500)));
  await expect(refusals(resident)).toHaveText([refused('c.jpg', 'too_many')]);
  await expectListed(resident, 'fine.jpg', 'half.jpg', 'a.jpg', 'b.jpg');
  expect(await axe(page)).toEqual([]);

  // What was refused is not in the way of anything, and does not come back.
  await page.reload();
  await resident.comesTo('question:account');
  await expect(refusals(resident)).toHaveCount(0);
  await resident.shows(answers);
  const reference = await sends(resident, answers);
  await expect(resident.screen).toContainText(say('uploads.done', { all: 4 }));
  expect(stored(small, reference).map((it) => it.name)).toEqual(['fine.jpg', 'half.jpg', 'a.jpg', 'b.jpg']);
});

test('of 50 files at once as many are taken as may be, and each of the others is named', async ({ resident }) => {
  await comesToFiles(resident);
  const files = Array.from({ length: 50 }, (_, index) => photo(`photo-${index + 1}.jpg`, 600));
  await control(resident).setInputFiles(files);
  await expectListed(resident, ...files.slice(0, 30).map((it) => it.name));
  await expect(resident.screen.locator('[data-file] progress')).toHaveCount(0);
  await expect(refusals(resident)).toHaveText(
    files.slice(30).map(({ name }) => say('files.refused.too_many', { name, files: 30 })),
  );
});

test('a file is taken for what it is, whatever its name says', async ({ resident, service }) => {
  const [renamed, heic] = [{ ...pdf('scan.jpg'), mimeType: 'image/jpeg' }, { ...sample('exif.heic'), name: 'IMG_0001.HEIC' }];
  await comesToFiles(resident);
  await attaches(resident, renamed, heic);
  await expect(refusals(resident)).toHaveCount(0);
  const reference = await sends(resident);
  expect(service.row(reference).record.evidence).toMatchObject([
    { name: 'scan.jpg', mediaType: 'application/pdf', sha256: sha256(renamed.buffer) },
    { name: 'IMG_0001.HEIC', mediaType: 'image/heic', size: heic.buffer.length },
  ]);
  await expect(resident.screen).toContainText(say('uploads.done', { all: 2 }));
});

test('a photo goes without the place where it was taken, and with it where that is wanted', async ({ resident, page, service }) => {
  const taken = sample('exif-II.jpg');
  // What `cargo run -p domain --example unlocate` makes of it.
  const without = 'a37c48613371db6ad8aa50addb45e04276adf4e6f77551b01efc213e956cf67e';
  const note = say('files.location.removed');
  await comesToFiles(resident);
  await expect(resident.screen).toContainText(say('files.location'));
  await attaches(resident, taken);
  await expect(line(resident, taken.name)).toContainText(note);

  await resident.screen.getByLabel(say('files.location.keep')).check();
  await attaches(resident, { ...taken, name: 'with its place.jpg' }, photo('no place.jpg'));
  await expect(line(resident, 'with its place.jpg')).not.toContainText(note);
  await expect(line(resident, 'no place.jpg')).not.toContainText(note);
  await page.reload();
  await resident.comesTo('question:account');
  await expect(resident.screen.getByLabel(say('files.location.keep'))).toBeChecked();

  const reference = await sends(resident);
  const { evidence } = service.row(reference).record;
  expect(evidence.map(({ location }) => location)).toEqual(['removed', 'kept', undefined]);
  await expect(resident.screen).toContainText(say('uploads.done', { all: 3 }));
  const files = stored(service, reference);
  expect(files.map((it) => it.sha256).slice(0, 2)).toEqual([without, sha256(taken.buffer)]);
  expect(files[0].size).toBe(taken.buffer.length);
});

test('while a file is being added it can be removed; one that a reload interrupts is named', async ({ resident, page, service, trouble }) => {
  // The browser asks before it leaves a page on which a file is being added.
  trouble.answer[''] = true;
  // A device that takes its time with whole chunks.
  await page.addInitScript(() => {
    const { encrypt } = SubtleCrypto.prototype;
    SubtleCrypto.prototype.encrypt = async function (how, key, bytes) {
      if (bytes.byteLength === 128 << 10) await new Promise((later) => { setTimeout(later, 700); });
      return encrypt.call(this, how, key, bytes);
    };
  });
  const [cat, door] = [photo('cat.mov.jpg', 8_000_000), photo('door.jpg')];
  await comesToFiles(resident);
  await control(resident).setInputFiles([cat, door]);
  await expect(line(resident, cat.name).locator('progress')).toHaveAttribute('max', '8000000');
  await expect.poll(async () => Number(await line(resident, cat.name).locator('progress').getAttribute('value'))).toBeGreaterThan(0);
  await line(resident, cat.name).locator(action('remove')).click();
  await expectListed(resident, door.name);
  await expect(resident.screen.locator('[data-file] progress')).toHaveCount(0);

  await control(resident).setInputFiles(cat);
  await expect.poll(async () => Number(await line(resident, cat.name).locator('progress').getAttribute('value'))).toBeGreaterThan(0);
  await page.reload();
  await resident.comesTo('question:account');
  await expect(refusals(resident)).toHaveText([say('files.refused.interrupted', { name: cat.name })]);
  await expectListed(resident, door.name);
  await resident.shows(PLAIN);
  await expectAllArrived(resident, service, await sends(resident), door);
});

test('by keyboard alone: a file is removed, and the keyboard is not lost', async ({ page, service }) => {
  const resident = new Resident(page, { hands: Keyboard });
  const files = ['one', 'two', 'three'].map((it) => photo(`${it}.jpg`));
  await resident.opens();
  await resident.skipsTo('question:account');
  await resident.answers(PLAIN);
  await attaches(resident, ...files);
  await resident.hands.tabTo('#evidence');
  for (const name of ['two.jpg', 'one.jpg', 'three.jpg']) {
    await resident.hands.press(`[data-action=remove][aria-label$="${name}"]`);
    await expect(line(resident, name)).toHaveCount(0);
    const isInScreen = await resident.screen.evaluate((it) => {
      const focused = it.getRootNode().activeElement;
      return Boolean(focused) && it.contains(focused) && Boolean(focused.closest('.field'));
    });
    expect(isInScreen, `what has focus after ${name} is gone is near the files`).toBe(true);
  }
  await attaches(resident, files[0]);
  await resident.hands.press('button[type=submit]');
  await resident.skipsTo('check');
  await resident.sends();
  await expectAllArrived(resident, service, await resident.reference(), files[0]);
});

// --- Sending -----------------------------------------------------------------------------------------------

test('progress is shown; a reload in the middle goes on where it was', async ({ resident, page, service, trouble }) => {
  // The browser may ask whether to leave a page that is still sending.
  trouble.answer[''] = true;
  const [big, other] = [photo('big.jpg', 2_600_000), pdf('other.pdf')];
  const held = await holdUploads(page, 4);
  await comesToFiles(resident);
  await attaches(resident, big, other);
  const reference = await sends(resident);
  await held.reached;
  await expect(resident.screen).toContainText(say('uploads.under_way', { done: 0, all: 2 }));
  await expect(line(resident, 'big.jpg').locator('progress')).toHaveAttribute('value', String(3 * 524_288));
  const of = { done: say('size.mb', { count: 1.5 }), size: say('size.mb', { count: 2.6 }) };
  await expect(line(resident, 'big.jpg')).toContainText(say('uploads.sending', of));
  await expect(line(resident, 'other.pdf')).toContainText(say('uploads.waiting'));
  await expectSound(page);
  await page.reload();
  held.give();
  await expectAllArrived(resident, service, reference, big, other);
  // A request that the reload broke off may have been sent twice, and nothing else.
  expect(held.count).toBeLessThanOrEqual(5 + 1 + 1);
  await page.reload();
  await resident.comesTo('sent');
  await expect(resident.screen).toContainText(say('uploads.done', { all: 2 }));
  await expectSound(page);
});

test('a line that is gone for a while costs nothing', async ({ resident, page, context, service }) => {
  await withPauses(page, 0);
  const file = photo('big.jpg', 1_800_000);
  const held = await holdUploads(page, 2);
  await comesToFiles(resident);
  await attaches(resident, file);
  const reference = await sends(resident);
  await held.reached;
  await context.setOffline(true);
  held.give();
  await expect(line(resident, 'big.jpg')).toContainText(say('uploads.waiting'));
  await context.setOffline(false);
  await expectAllArrived(resident, service, reference, file);
});

test('once the network is back a file goes on at once, however long the wait would be', async ({ resident, page, context, service }) => {
  await withPauses(page, 1);
  const failed = [];
  page.on('requestfailed', (request) => { if (request.url().includes('/v1/uploads/')) failed.push(Date.now()); });
  const file = photo('big.jpg', 1_200_000);
  const held = await holdUploads(page, 2);
  await comesToFiles(resident);
  await attaches(resident, file);
  const reference = await sends(resident);
  await held.reached;
  await context.setOffline(true);
  held.give();
  await expect.poll(() => failed.length, { timeout: 15_000 }).toBe(3);
  // The next try by itself would be in four seconds.
  const tried = page.waitForRequest((request) => request.url().includes('/v1/uploads/'), { timeout: 1_500 });
  await context.setOffline(false);
  await tried;
  await expectAllArrived(resident, service, reference, file);
});

test('a service that is killed and comes back costs nothing', async ({ resident, page, own }) => {
  await withPauses(page, 0);
  const file = photo('big.jpg', 1_800_000);
  const held = await holdUploads(page, 3);
  await comesToFiles(resident, own.url);
  await attaches(resident, file);
  const reference = await sends(resident);
  await held.reached;
  await own.kill();
  held.give();
  await expect(line(resident, 'big.jpg')).toContainText(say('uploads.waiting'));
  await own.start();
  await expectAllArrived(resident, own, reference, file);
});

test('answers that are lost on the way make no second file', async ({ resident, page, service }) => {
  await withPauses(page, 0);
  const file = photo('big.jpg', 1_200_000);
  const lost = new Set();
  await page.route('**/v1/uploads{,/*}', async (route) => {
    const method = route.request().method();
    if (lost.has(method) || !['POST', 'PATCH'].includes(method)) return route.continue();
    lost.add(method);
    await route.fetch();
    return route.abort('connectionreset');
  });
  await comesToFiles(resident);
  await attaches(resident, file);
  const reference = await sends(resident);
  await expectAllArrived(resident, service, reference, file);
  expect([...lost]).toEqual(['POST', 'PATCH']);
});

test('a file that is removed on its way is not kept by the landlord, and the next one goes', async ({ resident, page, service }) => {
  const [first, second] = [photo('cat.jpg', 1_800_000), photo('door.jpg')];
  const held = await holdUploads(page, 3);
  await comesToFiles(resident);
  await attaches(resident, first, second);
  const reference = await sends(resident);
  await held.reached;
  await line(resident, 'cat.jpg').locator(action('remove')).click();
  await expect(line(resident, 'cat.jpg')).toHaveCount(0);
  held.give();
  await expect(resident.screen).toContainText(say('uploads.done', { all: 1 }));
  await expect.poll(() => stored(service, reference).filter((it) => it.sha256)).toEqual(arrived(second));
});

test('a file that is removed when the landlord has all of it stays, and that is said', async ({ resident, page, service }) => {
  const [first, second] = [photo('cat.jpg', 20_000), photo('door.jpg')];
  const [reached, gate] = [signal(), signal()];
  await page.route('**/v1/uploads/*', async (route) => {
    if (route.request().method() !== 'PATCH') return route.continue();
    // It has arrived; the answer has not.
    const response = await route.fetch();
    reached.give();
    await gate.given;
    return route.fulfill({ response });
  });
  await comesToFiles(resident);
  await attaches(resident, first, second);
  const reference = await sends(resident);
  await reached.given;
  await line(resident, 'cat.jpg').locator(action('remove')).click();
  await expect(refusals(resident)).toHaveText([say('files.refused.kept', { name: 'cat.jpg' })]);
  await expect(line(resident, 'cat.jpg')).toContainText(say('uploads.arrived'));
  await expect(line(resident, 'cat.jpg').locator(action('remove'))).toHaveCount(0);
  await expectSound(page);
  gate.give();
  await expect(resident.screen).toContainText(say('uploads.done', { all: 2 }));
  expect(stored(service, reference)).toEqual(arrived(first, second));
});

test('by keyboard alone: after Try again and Remove the keyboard is where the files are, or at the heading', async ({ page, service }) => {
  const resident = new Resident(page, { hands: Keyboard });
  let works = false;
  await page.route('**/v1/uploads', (route) => (works || route.request().method() !== 'POST'
    ? route.continue()
    : route.fulfill({ status: 400, contentType: 'application/problem+json', body: '{"errors":[{"pointer":"","code":"bad_header"}]}' })));
  const files = ['one', 'two', 'three'].map((it) => photo(`${it}.jpg`));
  await comesToFiles(resident);
  await attaches(resident, ...files);
  const reference = await sends(resident);
  for (const { name } of files) await expect(line(resident, name).getByRole('alert')).toHaveText(say('uploads.failed'));
  await resident.hands.press(`[data-action=remove][aria-label$="two.jpg"]`);
  await expect(line(resident, 'two.jpg')).toHaveCount(0);
  await expect(line(resident, 'three.jpg').locator(action('remove'))).toBeFocused();
  works = true;
  await resident.hands.press(`[data-action=retry_file][aria-label$="one.jpg"]`);
  await expect(line(resident, 'one.jpg')).toContainText(say('uploads.arrived'));
  await expect(line(resident, 'one.jpg')).toBeFocused();
  // Of what has arrived nothing can be removed.
  await resident.hands.press(`[data-action=remove][aria-label$="three.jpg"]`);
  await expect(resident.screen.locator('.uploads')).toBeFocused();
  expect(stored(service, reference)).toEqual(arrived(files[0]));
});

test('a file that the landlord does not take says why, and the complaint is there all the same', async ({ resident, page, small }) => {
  // Somebody made the limits smaller since the page was opened.
  await page.route('**/v1/capabilities', (route) => route.fulfill({
    json: { uploads: { maxFileSize: 9_000_000, maxFiles: 9, maxTotalSize: 9_000_000 } },
  }));
  const account = newWords();
  const [big, fine] = [photo('big.jpg', 120_000), photo('fine.jpg', 1000)];
  await comesToFiles(resident, small.url, saying(account));
  await attaches(resident, big, fine);
  const reference = await sends(resident, saying(account));
  const failed = line(resident, 'big.jpg');
  await expect(failed.getByRole('alert')).toHaveText(say('uploads.failed.too_big'));
  await expect(line(resident, 'fine.jpg')).toContainText(say('uploads.arrived'));
  expect(small.row(reference).record.account).toBe(account);
  await expectSound(page);
  // It would be too big again.
  await expect(failed.locator(action('retry_file'))).toHaveCount(0);
  await failed.getByRole('button', { name: `${say('action.remove')}: big.jpg` }).click();
  await expect(resident.screen).toContainText(say('uploads.done', { all: 1 }));
  expect(stored(small, reference)).toEqual(arrived(fine));
});

test('a file in which the virus check finds something is said not to have arrived', async ({ resident }) => {
  // As ClamAV's daemon answers.
  const scanner = createServer((socket) => {
    let heard = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      heard = Buffer.concat([heard, bytes]);
      if (!heard.subarray(-4).equals(Buffer.alloc(4))) return;
      socket.end(heard.includes('a virus') ? 'stream: Test.Virus FOUND\0' : 'stream: OK\0');
    });
  });
  await new Promise((listening) => { scanner.listen(0, '127.0.0.1', listening); });
  const service = await startService({ flags: ['--scanner', `clamd://127.0.0.1:${scanner.address().port}`] });
  const files = [
    { name: 'bad.txt', mimeType: 'text/plain', buffer: Buffer.from('this is a virus') },
    { name: 'good.txt', mimeType: 'text/plain', buffer: Buffer.from('this is none') },
  ];
  await comesToFiles(resident, service.url);
  await attaches(resident, ...files);
  const reference = await sends(resident);
  await expect.poll(() => stored(service, reference).map((it) => it.state)).toEqual(['infected', 'clean']);
  await expect(line(resident, 'bad.txt').getByRole('alert')).toHaveText(say('uploads.failed.infected'));
  await expect(line(resident, 'good.txt')).toContainText(say('uploads.arrived'));
  await service.close();
  scanner.close();
});

// --- Another service ---------------------------------------------------------------------------------------

test('files go to another implementation of tus as well', async ({ page, service }) => {
  const folder = await mkdtemp(join(tmpdir(), 'housing-complaint-tus-'));
  const tus = new TusServer({
    path: '/v1/uploads',
    datastore: new FileStore({ directory: folder }),
    allowedHeaders: ['Idempotency-Key'],
    exposedHeaders: ['Location', 'Upload-Offset'],
  });
  const receipt = { reference: 'K47-W92-F36', accessCode: '1234 5678 9012 3456', stage: 1, receivedOn: '2026-11-20' };
  const theirs = createHttpServer((request, response) => {
    if (request.url.startsWith('/v1/uploads')) return tus.handle(request, response);
    const headers = {
      'Access-Control-Allow-Origin': '*', 'Access-Control-Allow-Headers': '*, Content-Type, Idempotency-Key', 'Content-Type': 'application/json',
    };
    if (request.method === 'OPTIONS') return response.writeHead(204, headers).end();
    const isRecord = request.method === 'POST';
    return response.writeHead(isRecord ? 201 : 200, headers).end(JSON.stringify(isRecord ? receipt : { uploads: { maxFileSize: 5_000_000 } }));
  });
  await new Promise((listening) => { theirs.listen(0, '127.0.0.1', listening); });
  const site = await startHostPage();
  const widget = service.url.slice(0, -1);
  site.body = `<housing-complaint landlord="${widget}/landlords/example.json" service="http://127.0.0.1:${theirs.address().port}/"></housing-complaint>
    <script src="${widget}/housing-complaint/v1/housing-complaint.js" async></script>`;

  const files = [photo('big.jpg', 1_200_000), pdf('letter from Zoë.pdf')];
  const resident = new Resident(page);
  await comesToFiles(resident, site.origin);
  await attaches(resident, ...files);
  expect(await sends(resident)).toBe(receipt.reference);
  await expect(resident.screen).toContainText(say('uploads.done', { all: 2 }), { timeout: 20_000 });
  const names = (await readdir(folder)).filter((it) => !it.endsWith('.json'));
  const hashes = await Promise.all(names.map(async (it) => sha256(await readFile(join(folder, it)))));
  expect(hashes.toSorted()).toEqual(files.map((it) => sha256(it.buffer)).toSorted());

  await site.close();
  theirs.closeAllConnections();
  theirs.close();
  await rm(folder, { recursive: true, force: true });
});

// --- The browser's storage -----------------------------------------------------------------------------------

test('where the landlord keeps no drafts, files go all the same', async ({ resident, page, service }) => {
  const file = photo('door.jpg', 1_100_000);
  await comesToFiles(resident, '/?drafts=off');
  await attaches(resident, file);
  const reference = await sends(resident);
  await expectAllArrived(resident, service, reference, file);
  expect(await page.evaluate(async () => (await indexedDB.databases()).map((it) => it.name))).toEqual([]);
});

const STORES = {
  'that is blocked': () => {
    Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('It is blocked.', 'SecurityError'); } });
  },
  'that is full': () => {
    IDBObjectStore.prototype.put = () => { throw new DOMException('It is full.', 'QuotaExceededError'); };
  },
  'that becomes full in the middle of a file': () => {
    const { put } = IDBObjectStore.prototype;
    let count = 0;
    IDBObjectStore.prototype.put = function (value, key) {
      if (Array.isArray(key) && ++count > 1) throw new DOMException('It is full.', 'QuotaExceededError');
      return put.call(this, value, key);
    };
  },
};

for (const [what, breakIt] of Object.entries(STORES)) {
  test(`a browser with a store ${what} says that the file would be lost, and sends it`, async ({ resident, page, service }) => {
    await page.addInitScript(breakIt);
    const file = photo('door.jpg', 2_200_000);
    await comesToFiles(resident);
    await attaches(resident, file);
    await expect(line(resident, 'door.jpg')).toContainText(say('files.unkept'));
    const reference = await sends(resident);
    await expectAllArrived(resident, service, reference, file);
  });
}

test('as long as a file would be lost by it, the browser asks before it leaves the page', async ({ resident, page }) => {
  const asks = () => page.evaluate(() => !dispatchEvent(new Event('beforeunload', { cancelable: true })));
  await page.addInitScript(() => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (value, key) {
      if (Array.isArray(key)) throw new DOMException('It is full.', 'QuotaExceededError');
      return put.call(this, value, key);
    };
  });
  const held = await holdUploads(page, 2);
  await comesToFiles(resident);
  await expect.poll(asks, 'with words alone').toBe(false);
  await attaches(resident, photo('door.jpg', 800_000));
  await expect.poll(asks, 'with a file').toBe(true);
  await sends(resident);
  await held.reached;
  expect(await asks(), 'while the file is on its way').toBe(true);
  held.give();
  await expect(resident.screen).toContainText(say('uploads.done', { all: 1 }));
  await expect.poll(asks, 'when all is there').toBe(false);
});

// --- For everybody -------------------------------------------------------------------------------------------

test('the page with files has no fault in any colours, and nothing to scroll for sideways on a small phone', async ({ resident, page }) => {
  await comesToFiles(resident);
  await attaches(resident, sample('exif-II.jpg'), photo(`${'a very long name '.repeat(8)}.jpg`), pdf(`${'x'.repeat(180)}.pdf`));
  await control(resident).setInputFiles([program(`${'y'.repeat(180)}.jpg`)]);
  await expect(refusals(resident)).toHaveCount(1);
  await expectSound(page, [320, 1280]);
});

test('a large file never lies in the page’s memory', async ({ resident, page, service }) => {
  test.setTimeout(180_000);
  await page.addInitScript(() => {
    window.memories = [];
    for (const name of ['instantiate', 'instantiateStreaming']) {
      const make = WebAssembly[name];
      WebAssembly[name] = async function (...given) {
        const made = await make.apply(this, given);
        const { memory } = (made.instance ?? made).exports;
        if (memory) window.memories.push(memory);
        return made;
      };
    }
  });
  const SIZE = 60_000_000;
  const file = photo('flat.jpg', SIZE);
  const path = test.info().outputPath('flat.jpg');
  await writeFile(path, file.buffer);
  const protocol = await page.context().newCDPSession(page);
  const heap = async () => {
    await protocol.send('HeapProfiler.collectGarbage');
    const { usedSize, backingStorageSize = 0 } = await protocol.send('Runtime.getHeapUsage');
    return usedSize + backingStorageSize;
  };
  const measure = async () => {
    // The page goes on between a sweep and the look that follows: what is held is what three sweeps in a row leave.
    const looks = [await heap(), await heap(), await heap()];
    const wasm = await page.evaluate(() => window.memories.reduce((sum, it) => sum + it.buffer.byteLength, 0));
    return Math.min(...looks) + wasm;
  };

  await comesToFiles(resident);
  // Soon after this page is drawn the form learns what words mean, which is none of the file's.
  let before = await measure();
  for (let last = NaN; !(Math.abs(before - last) < 20_000); before = await measure()) {
    last = before;
    await page.evaluate(() => new Promise((later) => { setTimeout(later, 1000); }));
  }
  const seen = [];
  const looks = async (isDone) => {
    while (!(await isDone())) {
      seen.push(await measure());
      await new Promise((later) => { setTimeout(later, 200); });
    }
  };
  await control(resident).setInputFiles(path);
  await expect(line(resident, 'flat.jpg')).toBeVisible();
  await looks(async () => !(await resident.screen.locator('[data-file] progress').count()));
  const reference = await sends(resident);
  await looks(async () => (await resident.text()).includes(say('uploads.done', { all: 1 })));
  // Twice what one request takes, however large the file is.
  const most = Math.max(...seen) - before;
  expect(most, 'JavaScript with its buffers, and wasm').toBeLessThan(2 * (512 << 10));
  expect(stored(service, reference)).toEqual(arrived(file));
});
