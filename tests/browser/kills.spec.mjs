// The browser, the tab, the line or the service ends at any moment of any step of a whole journey. The
// resident carries on, and everything has arrived, once.

import { createCipheriv, createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { LANDLORDS } from './support/landlords.mjs';
import { Link } from './support/link.mjs';
import { OwnBrowser } from './support/own-browser.mjs';
import { Random } from './support/random.mjs';
import { GRACE, PLAIN, Resident } from './support/resident.mjs';
import { startService } from './support/service.mjs';
import { expect, test } from './support/test.mjs';
import { say } from './support/words.mjs';

const RUNS = Number(process.env.HC_RUNS) || (process.env.HC_SOAK === '1' ? 300 : 10);
/** How many journeys a test has: Playwright is the slower the more steps one test has. */
const GROUP = 5;
// The sample is the same each time; the long run is another each time, and the same in every worker.
process.env.HC_KILLS_SEED ||= process.env.HC_SEED || (process.env.HC_SOAK === '1' ? String(Math.floor(Date.now() / 1000)) : '1795345572');
const SEED = Number(process.env.HC_KILLS_SEED);

const IDS = Object.keys(LANDLORDS);
/** How much goes up in a second, in bytes: the files take about a second. */
const RATE = 4_000_000;

/** What may end, and where the answers have to be kept to outlive it. */
const ENDS = {
  browser: 'device',
  tab: 'device',
  crash: 'tab',
  reload: 'tab',
  line: 'tab',
  offline: 'tab',
  service: 'tab',
};

/** About how many steps a journey has. */
const STEPS = 22;

/** How likely an end is at the screens where most is under way; elsewhere it is 0.08. */
const SHARES = { 'question:account': 0.5, 'question:evidence': 0.5, check: 0.5, sending: 0.3, sent: 0.6 };

/** Longer than any journey takes, however busy the machine is, in milliseconds. */
const LONGEST = 300_000;

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const pause = (time) => new Promise((done) => { setTimeout(done, time); });

async function within(time, promise) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('it does not go on')), time); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** What this worker has seen arrive, and what had ended. */
const counts = { runs: 0, characters: 0, files: 0, bytes: 0 };
const ends = {};

test.afterAll(() => {
  console.log(`HC_SEED=${SEED}: all of this arrived once:`, JSON.stringify(counts));
  console.log('  after these had ended:', JSON.stringify(ends));
});

for (let from = 0; from < RUNS; from += GROUP) {
  const to = Math.min(from + GROUP, RUNS);
  test(`whatever ends at whatever moment, every character and every byte arrives once (${to} of ${RUNS}) @soak`, async () => {
    test.setTimeout(GROUP * LONGEST);
    const failures = [];
    const service = await startService();
    for (let run = from; run < to; run++) {
      const journey = new Journey(service, SEED + run);
      try {
        await within(LONGEST, journey.toTheEnd());
        for (const [what, more] of Object.entries(journey.counts())) counts[what] += more;
        for (const what of journey.met) ends[what] = (ends[what] ?? 0) + 1;
      } catch (error) {
        // Said at once: the long run takes a while.
        const failure = `HC_RUNS=1 HC_SEED=${journey.seed}: ${journey.story.join(', ')}: ${error.message} ${await journey.sight()}`;
        failures.push(failure);
        console.log(failure);
      } finally {
        await journey.close();
      }
    }
    await service.close();
    expect(failures.join('\n')).toBe('');
  });
}

/** One resident, from the first page until everything has arrived. */
class Journey {
  /** What happened, for whoever has to repeat it. */
  story = [];
  /** What ended at which screen. */
  met = [];
  /** What was written, and when: `{account: [{time, values}]}`, oldest first. */
  written = {};
  /** The screens in order, each with when it was first seen. */
  path = new Map();
  /** When each file was seen to be attached, by its name. */
  attached = new Map();

  constructor(service, seed) {
    const random = new Random(seed);
    Object.assign(this, { service, seed, random });
    this.landlord = IDS[seed % IDS.length];
    this.place = random.one(['device', 'tab']);
    this.ends = Object.keys(ENDS).filter((it) => ENDS[it] === 'tab' || this.place === 'device');
    this.answers = this.words();
    this.files = [
      this.file('the wall.jpg', [0xff, 0xd8, 0xff, 0xe0, 0, 16, ...Buffer.from('JFIF\0')], 1 + random.below(300_000)),
      this.file('letter from Zoë.pdf', Buffer.from('%PDF-1.7\n'), 1 + random.below(90_000)),
      this.file('drip.mp4', Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42\0\x30\0\0mdat', 'latin1'), 3_145_720),
    ];
    this.story.push(this.landlord, this.place);
  }

  /** Words that nobody else has, in every box that takes any. */
  words() {
    const letters = 'abcdefghijklmnopqrstuvwxyz éüłß😀\n';
    const some = (length) => Array.from({ length }, () => this.random.one([...letters])).join('').trim();
    const words = (name) => `${name} ${this.seed} ${some(20 + this.random.below(300))} .`;
    const boxes = ['account', 'effect', 'disability', 'outcome_own_words', 'adjustments_own_words', 'late_reason', 'address'];
    const lines = ['name', 'safe_times', 'interpreter_language'];
    return {
      ...PLAIN,
      ...Object.fromEntries(boxes.map((name) => [name, [words(name)]])),
      ...Object.fromEntries(lines.map((name) => [name, [[...words(name).replaceAll('\n', ' ')].slice(0, 60).join('').trim()]])),
    };
  }

  /** A file that begins as its kind does, and goes on with noise that nobody else has. */
  file(name, head, size) {
    const key = createHash('md5').update(`${name} ${this.seed}`).digest();
    const noise = createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(size));
    return { name, bytes: Buffer.concat([Buffer.from(head), noise]) };
  }

  async toTheEnd() {
    this.link = await Link.to(this.service.port, RATE);
    this.browser = await OwnBrowser.start();
    this.folder = await mkdtemp(join(tmpdir(), 'housing-complaint-files-'));
    for (const file of this.files) {
      file.path = join(this.folder, file.name);
      await writeFile(file.path, file.bytes);
    }
    await this.opens();
    for (let at, step = 0; !(at === 'sent' && await this.hasArrived()); step++) {
      at = await this.resident.at();
      this.sees(at);
      // So that in enough runs every step has its turn.
      const isItsTurn = step === this.seed % STEPS;
      if (isItsTurn || this.random.chance(SHARES[at] ?? 0.08)) await this.isInterrupted(at);
      else await this.does(at);
    }
    await this.isWhole();
    expect(this.browser.troubles).toEqual([]);
  }

  /** What the resident sees, where they can't go on. */
  async sight() {
    return within(2000, this.resident.text()).catch((error) => error.message);
  }

  async close() {
    await this.browser?.close();
    await this.link?.close();
    if (this.folder) await rm(this.folder, { recursive: true });
  }

  /** What has arrived. */
  counts() {
    const characters = Object.keys(this.written).flatMap((name) => this.answers[name].map((it) => [...it].length));
    const bytes = this.files.map((it) => it.bytes.length);
    const sum = (all) => all.reduce((one, other) => one + other, 0);
    return { runs: 1, characters: sum(characters), files: bytes.length, bytes: sum(bytes) };
  }

  async opens() {
    this.resident = new Resident(this.browser.page);
    await this.resident.opens(`${this.link.url}?landlord=${this.landlord}`);
  }

  sees(at) {
    if (!this.path.has(at)) this.path.set(at, Date.now());
  }

  // --- What a resident does -------------------------------------------------------------------------

  /** What is to be done on this screen, up to the next one. */
  async does(at) {
    const { resident } = this;
    this.isStopped = false;
    if (at === 'start') return resident.starts();
    if (at === 'sending') return this.leaves('sending');
    if (at === 'not-sent') return resident.presses('retry');
    if (at === 'sent') return this.waitsForFiles();
    if (at.startsWith('advice:')) return resident.presses('choose');
    if (at === 'keep') return resident.presses('back');
    if (at !== 'check') await this.writes();
    if (await resident.screen.locator('input[type=file]').count()) await this.attaches();
    if (this.place === 'device' && !this.isOnDevice && at !== 'check') await this.keepsOnDevice(at);
    this.mustStop();
    if (at !== 'check') return resident.continues();
    await resident.sends();
    return this.leaves('check');
  }

  async leaves(at) {
    const { resident } = this;
    await this.waitsUntil(async () => (await resident.at()) !== at);
  }

  async waitsUntil(isSo) {
    for (const end = Date.now() + 90_000; !(await isSo()); await pause(20)) {
      this.mustStop();
      expect(Date.now()).toBeLessThan(end);
    }
  }

  /** Nobody goes on with what they did before a reload. */
  mustStop() {
    if (this.isStopped) throw new Error('it was interrupted');
  }

  /** Answers what is not answered yet, a few letters at a time. */
  async writes() {
    const { resident, answers } = this;
    const shown = await resident.shown();
    for (const [name, type] of Object.entries(await resident.fields())) {
      const wanted = answers[name];
      if (wanted === undefined || JSON.stringify(shown[name]) === JSON.stringify(wanted)) continue;
      if (type === 'radio' || type === 'checkbox') {
        await resident.hands.choose(name, wanted);
        this.wrote(name, wanted);
      } else {
        await this.types(name, wanted[0], shown[name][0] ?? '');
      }
    }
  }

  async types(name, text, before) {
    // This page, and not the one that is there when this one has ended.
    const { page, screen } = this.resident;
    const box = screen.locator(`[name="${name}"]`);
    await box.click();
    if (!text.startsWith(before)) await box.fill('');
    const done = text.startsWith(before) ? before : '';
    await box.press('Control+End');
    const letters = [...text.slice(done.length)];
    const step = Math.ceil(letters.length / (1 + this.random.below(6))) || 1;
    for (let at = 0; at < letters.length; at += step) {
      await page.keyboard.insertText(letters.slice(at, at + step).join(''));
      this.wrote(name, [done + letters.slice(0, at + step).join('')]);
    }
  }

  wrote(name, values) {
    (this.written[name] ??= []).push({ time: Date.now(), values });
    this.mustStop();
  }

  async keepsOnDevice(at) {
    const { resident } = this;
    await resident.presses('keep');
    await resident.hands.press('[data-action=keep_device]');
    await resident.screen.locator('[data-action=keep_tab]').waitFor();
    this.isOnDevice = true;
    await resident.presses('back');
    await resident.comesTo(at);
  }

  async attaches() {
    const { page, screen, within } = this.resident;
    const line = (file) => screen.locator('[data-file]').filter({ hasText: file.name });
    for (const file of this.files) {
      if (await line(file).count() > 0) continue;
      await this.browser.choosesFile(page, within, file.path);
      await this.waitsUntil(async () => await line(file).count() > 0 && await line(file).locator('progress').count() === 0);
      this.attached.set(file.name, Date.now());
    }
  }

  /** Which files are listed as arrived, and whether all are. */
  async hasArrived() {
    const { screen } = this.resident;
    const files = await screen.locator('[data-file]').count();
    expect(files, 'files are listed').toBe(this.files.length);
    return (await screen.locator('[data-file]').filter({ hasText: say('uploads.arrived') }).count()) === files;
  }

  async waitsForFiles() {
    await this.waitsUntil(() => this.hasArrived());
  }

  // --- What happens to them -------------------------------------------------------------------------

  /** Something ends while the resident does what is to be done here; then they carry on. */
  async isInterrupted(at) {
    const what = this.random.one(this.ends.filter((it) => this.isOnDevice || ENDS[it] === 'tab'));
    const wait = this.random.below(SHARES[at] ? this.random.one([200, 900]) : 250);
    this.story.push(`${what} ends ${wait} ms into ${at}`);
    this.met.push(what, at);
    const doing = this.does(at).catch((error) => error);
    await pause(wait);
    if (what === 'reload') {
      this.isStopped = true;
      await doing;
    }
    const moment = Date.now();
    const outlives = await this.happens(what);
    const error = await doing;
    if (outlives) {
      if (error) throw error;
      return;
    }
    await this.carriesOn(at, moment);
  }

  /** Gives whether the page has outlived it. */
  async happens(what) {
    const { browser, link, service } = this;
    const time = 100 + this.random.below(900);
    if (what === 'browser') {
      await browser.killAndStart();
      await this.opens();
    } else if (what === 'tab') {
      await browser.closeTab();
      await this.opens();
    } else if (what === 'crash') {
      await browser.crashTab();
    } else if (what === 'reload') {
      await browser.page.reload();
    } else if (what === 'line') {
      link.cut();
      await pause(time);
      link.mend();
    } else if (what === 'offline') {
      await browser.context.setOffline(true);
      await pause(time);
      await browser.context.setOffline(false);
    } else {
      await service.kill();
      await pause(time);
      await service.start();
    }
    return ['line', 'offline', 'service'].includes(what);
  }

  /** What was there a while before `moment` is still there, at the page where the resident was. */
  async carriesOn(at, moment) {
    this.resident = new Resident(this.browser.page);
    const { resident } = this;
    await resident.isOpen();
    if (await resident.screen.locator('[data-action=take]').count()) {
      // It believes that the tab that was closed is still open.
      this.story.push('takes it from the other tab');
      await resident.hands.press('[data-action=take]');
      await expect(resident.screen.locator('[data-action=take]')).toHaveCount(0);
      await resident.isOpen();
    }
    let now = await resident.at();
    if (now === 'start' && at !== 'start') {
      await resident.starts();
      now = await resident.at();
    }
    this.story.push(`back at ${now}`);
    const safe = [...this.path].filter(([, time]) => time < moment - GRACE).map(([it]) => it);
    const order = [...this.path.keys()];
    const place = (it) => (order.includes(it) ? order.indexOf(it) : Infinity);
    const least = safe.at(-1) ?? 'start';
    expect(place(now), `comes back to ${now}, was at ${least}`).toBeGreaterThanOrEqual(place(least));
    for (const [name, values] of Object.entries(await resident.shown())) {
      const all = this.written[name] ?? [];
      const safest = all.findLast((it) => it.time < moment - GRACE);
      if (!safest) continue;
      const last = all.at(-1).values;
      if (values.length === 1 && last.length === 1) {
        expect(values[0], `${name} is a part of what was written`).toBe(last[0].slice(0, values[0].length));
        expect(values[0].length, name).toBeGreaterThanOrEqual(safest.values[0]?.length ?? 0);
      } else {
        expect([safest.values, last], name).toContainEqual(values);
      }
    }
    const text = await resident.text();
    if (await resident.screen.locator('input[type=file]').count()) {
      for (const [name, time] of this.attached) {
        if (time < moment - GRACE) expect(text, 'the file is there').toContain(name);
      }
    }
    await this.startsFrom(now);
  }

  /** What an end may take away, it has taken: from here on, what is there now must stay. */
  async startsFrom(now) {
    const order = [...this.path.keys()];
    if (this.path.has(now)) for (const gone of order.slice(order.indexOf(now) + 1)) this.path.delete(gone);
    for (const [name, values] of Object.entries(await this.resident.shown())) {
      if (this.written[name]) this.written[name] = [{ time: 0, values }];
    }
    if (await this.resident.screen.locator('input[type=file]').count()) {
      const text = await this.resident.text();
      for (const name of this.attached.keys()) if (!text.includes(name)) this.attached.delete(name);
    }
  }

  // --- What has arrived -----------------------------------------------------------------------------

  async isWhole() {
    const reference = await this.resident.reference();
    const rows = this.service.rowsAbout(this.answers.account[0]);
    expect(rows.map((it) => it.reference), 'the complaint arrived once').toEqual([reference]);
    const body = JSON.stringify(rows[0].record);
    for (const name of Object.keys(this.written)) {
      const text = JSON.stringify(this.answers[name][0]).slice(1, -1);
      expect(body, name).toContain(text);
    }
    const sent = this.files.map(({ name, bytes }) => ({ name, sha256: sha256(bytes) }));
    const arrived = this.service.files(reference);
    const ordered = (all) => all.toSorted((one, other) => (one.name < other.name ? -1 : 1));
    expect(ordered(arrived.map(({ name, bytes }) => ({ name, sha256: bytes && sha256(bytes) }))), 'every file arrived once').toEqual(ordered(sent));
    const told = rows[0].record.evidence.map((it) => ({ name: it.name, sha256: it.sha256 }));
    expect(ordered(told), 'the complaint names its files').toEqual(ordered(sent));
  }
}
