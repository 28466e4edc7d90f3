// How the browser tests run. `cargo xtask test` names the browser and the service's program in
// HC_CHROMIUM and HC_SERVER_BIN; each worker starts a service of its own.

import { defineConfig } from '@playwright/test';
import { LAUNCH } from './support/chromium.mjs';
import { path } from './support/paths.mjs';

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.mjs',
  outputDir: path('target/browser-tests'),
  workers: 2,
  fullyParallel: true,
  retries: 0,
  forbidOnly: true,
  timeout: process.env.HC_SOAK === '1' ? 600_000 : 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    actionTimeout: 10_000,
    contextOptions: { reducedMotion: 'reduce' },
    launchOptions: LAUNCH,
    locale: 'en-GB',
    screenshot: 'off',
    serviceWorkers: 'block',
    timezoneId: 'Europe/London',
    viewport: { width: 1280, height: 800 },
  },
});
