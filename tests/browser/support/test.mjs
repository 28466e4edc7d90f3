// The tests' fixtures: a real service for each worker, a resident at its sample page, and a watch for
// everything that must never happen on any page.

import { test as base, expect } from '@playwright/test';

import { Resident } from './resident.mjs';
import { startService } from './service.mjs';
import { watch } from './watch.mjs';

export const test = base.extend({
  /** The worker's own service. A test that stops it starts one for itself instead. */
  service: [async ({}, use) => {
    const service = await startService();
    await use(service);
    await service.close();
  }, { scope: 'worker' }],

  baseURL: async ({ service }, use) => use(service.url),

  /** Page errors, violations of the page's policy, dialogs. Empty at the end of every test. */
  trouble: [async ({ context }, use) => {
    const trouble = await watch(context);
    await use(trouble);
    expect([...trouble], 'page errors, policy violations, dialogs').toEqual([]);
  }, { auto: true }],

  /** Somebody with a mouse. */
  resident: async ({ page }, use) => use(new Resident(page)),
});

export { expect };
