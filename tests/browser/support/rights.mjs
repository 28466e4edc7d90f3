// What the rights panel says.

import { expect } from '@playwright/test';

import { say } from './words.mjs';

/** Whether the panel of this screen names the second Ombudsman, too: `no`, `also` or `instead`. The Housing
 * Ombudsman is always there. */
export async function secondOmbudsman(resident) {
  const shown = await resident.screen.locator('[data-rights]').innerText();
  expect(shown).toContain('0300 111 3000');
  expect(shown).toContain('www.housing-ombudsman.org.uk');
  const hasSecond = shown.includes(say('rights.lgsco'));
  expect(shown.includes('0300 061 0614') && shown.includes('www.lgo.org.uk')).toBe(hasSecond);
  expect(shown).toContain(say('rights.independent'));
  const why = ['also', 'instead'].filter((it) => shown.includes(say(`rights.lgsco.${it}`)));
  return why.join() || 'no';
}
