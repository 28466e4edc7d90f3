// The npm package's way in, as a bundler puts it into a web team's own script.

import { readFileSync } from 'node:fs';
import { build } from 'esbuild';

import { startHostPage } from './support/host-page.mjs';
import { path } from './support/paths.mjs';
import { expect, test } from './support/test.mjs';
import { say } from './support/words.mjs';

const { 'housing-complaint.js': INTEGRITY } = JSON.parse(readFileSync(path('dist/integrity.json'), 'utf8'));

/** The package in one script, as `housingComplaint`. */
async function bundled(integrity) {
  const { outputFiles: [{ text }] } = await build({
    entryPoints: [path('embed/package/index.js')],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'housingComplaint',
    define: { HC_VERSION: '"0.1.0"', HC_INTEGRITY: JSON.stringify(integrity) },
  });
  return text;
}

test('a page that is built by a bundler loads the form from where its files are, once', async ({ page, resident, service }) => {
  const site = await startHostPage();
  site.body = `<main id="complaint"></main><script>${await bundled(INTEGRITY)}</script>`;
  await page.goto(site.origin);
  expect(await page.evaluate(() => 'HousingComplaint' in window), 'not before it is asked').toBe(false);
  const isSame = await page.evaluate(async (base) => {
    const both = await Promise.all([housingComplaint.load(`${base}housing-complaint/v1`), housingComplaint.load(`${base}housing-complaint/v1/`)]);
    both[0].mount('#complaint', { landlord: `${base}landlords/example.json`, headingLevel: 3 });
    return both.every((it) => it === window.HousingComplaint) && document.querySelectorAll('script[src]').length === 1;
  }, service.url);
  expect(isSame).toBe(true);
  await expect(resident.screen.getByRole('heading', { level: 3 }).first()).toHaveText(say('start.title', { landlord: 'Example Homes' }));
  await resident.starts();
  expect(await resident.at()).toBe('question:danger');
  await site.close();
});

test('a folder of another version is refused, with its address', async ({ page, resident, service }) => {
  const site = await startHostPage();
  site.body = `<main id="complaint"></main><script>${await bundled(`sha384-${'A'.repeat(64)}`)}</script>`;
  await page.goto(site.origin);
  const load = (base) => page.evaluate((it) => housingComplaint.load(it).then(() => '', (error) => error.message), base);
  expect(await load(`${service.url}housing-complaint/v1/`)).toBe(
    `housing-complaint: ${service.url}housing-complaint/v1/housing-complaint.js can't be loaded, or is not of version 0.1.0`);
  expect(await page.locator('script[src]').count()).toBe(0);
  await expect(resident.screen).toHaveCount(0);
  await site.close();
});
