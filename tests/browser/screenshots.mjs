// Takes pictures of the screens in all sizes and colours: node tests/browser/screenshots.mjs FOLDER

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import { chromium } from '@playwright/test';

import { LAUNCH } from './support/chromium.mjs';
import { Resident } from './support/resident.mjs';
import { startService } from './support/service.mjs';
import { tour } from './support/tour.mjs';

const FOLDER = process.argv[2];
const LANDLORD = process.argv[3] || 'halton';
const SCREENS = ['start', 'question:danger', 'question:account', 'question:topics with problems', 'question:contact with problems',
  'advice:danger', 'check', 'sending', 'not-sent', 'sent', 'failed',
  'question:site', 'question:intent', 'advice:first_report', 'advice:possible_exclusion',
  'advice:careful', 'advice:urgent', 'advice:unhappy', 'question:stage2', 'check stage2',
  'sent stage2', 'sent service_request', 'sent feedback'];
const WIDTHS = [320, 768, 1280];
const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'forced-colours': { colorScheme: 'dark', forcedColors: 'active' },
};

if (!FOLDER) throw new Error('Name a folder: node tests/browser/screenshots.mjs FOLDER [LANDLORD]');
await mkdir(FOLDER, { recursive: true });
const service = await startService();
const browser = await chromium.launch(LAUNCH);
try {
  for (const [look, media] of Object.entries(LOOKS)) {
    for (const width of WIDTHS) await take(look, media, width);
  }
} finally {
  await browser.close();
  await service.close();
}

async function take(look, media, width) {
  const context = await browser.newContext({
    ...media, baseURL: service.url, locale: 'en-GB', reducedMotion: 'reduce', viewport: { width, height: 900 },
  });
  const page = await context.newPage();
  await tour(new Resident(page), `/?landlord=${LANDLORD}`, async (name) => {
    if (!SCREENS.includes(name)) return;
    const file = `${name.replace(/\W+/g, '-')}-${width}-${look}.png`;
    await page.screenshot({ path: join(FOLDER, file), fullPage: true });
  });
  await context.close();
  console.log(`${look}, ${width} pixels`);
}
