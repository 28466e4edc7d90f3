// When the first screen is seen on a phone: the CPU slowed four times, 1.6 Mbit/s, 150 ms to and fro. Side by
// side with plain pages of the same words: HTML alone, and HTML with the same style sheet in a file.
// Prints a table; writes the same as JSON to the file named in HC_BENCH_JSON.

import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { brotliCompressSync } from 'node:zlib';

import { chromium } from '@playwright/test';

import { LAUNCH } from './support/chromium.mjs';
import { path } from './support/paths.mjs';
import { startService } from './support/service.mjs';

const RUNS = 7;
const SLOWER = 4;
const LINK = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const HEAD = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><title>Complaints</title>';
const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript', wasm: 'application/wasm', json: 'application/json' };

const service = await startService();
const browser = await chromium.launch(LAUNCH);
const words = await firstScreen();
const css = readFileSync(path('target/wasm/parts/styles.css'), 'utf8').replaceAll(':host', 'html');
const pages = {
  'plain HTML': `${HEAD}<body>${words}`,
  'plain HTML, style sheet in a file': `${HEAD}<link rel="stylesheet" href="/style.css"><body><div class="widget">${words}</div>`,
  'one tag': `${HEAD}<body><script src="/dist/housing-complaint.js" data-landlord="/landlords/halton.json" async></script>`,
};
const server = await serve();
const times = Object.fromEntries(Object.keys(pages).map((name) => [name, []]));
try {
  for (let run = 0; run < RUNS; run++) {
    for (const name of Object.keys(pages)) times[name].push(await measure(name));
  }
} finally {
  await browser.close();
  server.close();
  await service.close();
}
await report();

/** The first screen as the script draws it, as HTML. */
async function firstScreen() {
  const page = await browser.newPage();
  await page.route('**/*.wasm', () => {});
  await page.goto(service.url);
  const html = await page.locator('housing-complaint [data-screen]').evaluate((it) => it.outerHTML);
  await page.close();
  return html;
}

async function serve() {
  const listening = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const send = (body, type) => {
      response.writeHead(200, { 'Content-Type': TYPES[type], 'Content-Encoding': 'br' });
      response.end(brotliCompressSync(body));
    };
    try {
      if (pathname in { '/style.css': 0 }) return send(css, 'css');
      if (pathname.startsWith('/page/')) return send(Object.values(pages)[Number(pathname.slice(6))], 'html');
      const file = pathname.startsWith('/dist/') || pathname.startsWith('/landlords/') ? path(pathname.slice(1)) : null;
      send(await readFile(file), pathname.split('.').pop());
    } catch (error) {
      response.writeHead(404).end();
    }
  });
  await new Promise((ready) => { listening.listen(0, '127.0.0.1', ready); });
  return listening;
}

/** From the navigation until Start is on the glass, in milliseconds. */
async function measure(name) {
  const context = await browser.newContext({ viewport: { width: 412, height: 823 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', LINK);
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  await page.addInitScript(() => {
    const look = () => {
      const root = document.querySelector('housing-complaint')?.shadowRoot ?? document;
      if (!root.querySelector('[data-action=start]')?.getBoundingClientRect().height) return requestAnimationFrame(look);
      return requestAnimationFrame(() => { window.seenAt = performance.now(); });
    };
    requestAnimationFrame(look);
  });
  const at = Object.keys(pages).indexOf(name);
  await page.goto(`http://127.0.0.1:${server.address().port}/page/${at}`, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.seenAt);
  const seen = await page.evaluate(() => window.seenAt);
  await context.close();
  return seen;
}

async function report() {
  const middle = (list) => Math.round(list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)]);
  const ours = middle(times['one tag']);
  console.log(`First screen seen, in milliseconds: CPU slowed ${SLOWER} times, 1.6 Mbit/s, 150 ms (median of ${RUNS})`);
  const rows = Object.entries(times).map(([name, list]) => ({ name, seen: middle(list), oneTagIs: Math.round((ours / middle(list)) * 100) / 100 }));
  for (const { name, seen, oneTagIs } of rows) console.log(`  ${name.padEnd(36)}${String(seen).padStart(8)}   one tag takes ${oneTagIs} times as long`);
  if (process.env.HC_BENCH_JSON) {
    await writeFile(process.env.HC_BENCH_JSON, `${JSON.stringify({ slowed: SLOWER, runs: RUNS, rows, times }, null, 2)}\n`);
  }
}
