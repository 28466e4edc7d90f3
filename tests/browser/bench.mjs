// How long a resident waits for each step on a slow telephone: the CPU slowed six times.
// Prints a table; writes the same as JSON to the file named in HC_BENCH_JSON.

import { writeFile } from 'node:fs/promises';

import { chromium } from '@playwright/test';

import { LAUNCH } from './support/chromium.mjs';
import { LONGEST } from './support/tour.mjs';
import { Resident } from './support/resident.mjs';
import { startService } from './support/service.mjs';

const SLOWER = 6;
const JOURNEYS = 5;
const GOAL_MILLIS = 50;

const service = await startService();
const browser = await chromium.launch(LAUNCH);
const opening = [];
const steps = new Map();
try {
  for (let journey = 0; journey < JOURNEYS; journey++) await measure();
} finally {
  await browser.close();
  await service.close();
}
await report();

async function measure() {
  const context = await browser.newContext({ baseURL: service.url, viewport: { width: 360, height: 740 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  const resident = new Resident(page);
  await page.goto('/');
  // From the navigation to the first screen of the widget, painted.
  await resident.isOpen();
  opening.push(await page.evaluate(painted));
  for (let pages = 0; (await resident.at()) !== 'check' && pages < 40; pages++) {
    const at = await resident.at();
    if (at.startsWith('question:')) await resident.answers(LONGEST);
    const took = await resident.screen.evaluate(timeStep);
    if (!steps.has(at)) steps.set(at, []);
    steps.get(at).push(took);
  }
  await context.close();
}

/** In the page: now, once the next frame is on the glass. */
function painted() {
  return new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now())));
  });
}

/** In the page: presses the way on. `work` is until the next screen is laid out and has focus: what the step
 * costs. `painted` is until the frame after, so it also has the wait for the display in it. */
function timeStep(screen) {
  const root = screen.getRootNode();
  const heading = root.querySelector('[part=heading]');
  const way = { start: '[data-action=start]', advice: '[data-action=choose]' }[screen.dataset.screen];
  const button = screen.querySelector(way ?? 'button[type=submit]');
  const frame = () => new Promise((done) => { requestAnimationFrame(done); });
  const task = () => new Promise((done) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done;
    channel.port2.postMessage(0);
  });
  return (async () => {
    await frame();
    await task();
    const from = performance.now();
    button.click();
    for (let tasks = 0; root.querySelector('[part=heading]') === heading; tasks++) {
      if (tasks > 1000) throw new Error('no next screen');
      await task();
    }
    document.documentElement.getBoundingClientRect();
    const work = performance.now() - from;
    await frame();
    await task();
    return { work, painted: performance.now() - from };
  })();
}

async function report() {
  const round = (millis) => Math.round(millis * 10) / 10;
  const middle = (list) => round(list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]);
  const rows = [...steps].map(([from, times]) => {
    const [work, painted] = ['work', 'painted'].map((name) => times.map((it) => it[name]));
    return { from, work: middle(work), workMax: round(Math.max(...work)), painted: middle(painted), paintedMax: round(Math.max(...painted)) };
  });
  const slowest = rows.reduce((a, b) => (a.work > b.work ? a : b));
  const firstScreen = middle(opening);
  console.log(`Steps with the CPU slowed ${SLOWER} times, in milliseconds (goal: below ${GOAL_MILLIS})`);
  const line = (from, ...numbers) => console.log(`  ${from.padEnd(28)}${numbers.map((it) => String(it).padStart(10)).join('')}`);
  line('from', 'work', 'max', 'painted', 'max');
  for (const { from, work, workMax, painted, paintedMax } of rows) line(from, work, workMax, painted, paintedMax);
  console.log(`  slowest: ${slowest.work} after ${slowest.from}`);
  console.log(`  first screen, from opening the page: ${firstScreen}`);
  if (process.env.HC_BENCH_JSON) {
    const all = { slowed: SLOWER, journeys: JOURNEYS, goal: GOAL_MILLIS, firstScreen, slowest, steps: rows };
    await writeFile(process.env.HC_BENCH_JSON, `${JSON.stringify(all, null, 2)}\n`);
  }
}
