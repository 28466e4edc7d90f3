// What a resident sees where the form can't run.

import { expect } from '@playwright/test';

import { say } from './words.mjs';

/** The page for failures: with the rights, and with the host's own words. */
export async function expectRescue(resident) {
  await resident.comesTo('failed');
  await expect(resident.screen).toContainText(say('failed.title'));
  const rights = resident.screen.locator('[data-rights]');
  await expect(rights).toBeVisible();
  await expect(rights).toContainText('0300 111 3000');
  await expect(rights).toContainText('www.housing-ombudsman.org.uk');
  await expect(resident.page.getByRole('heading', { name: 'Ways to complain' }), 'the host’s own words').toBeVisible();
}
