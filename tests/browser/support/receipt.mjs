// What a resident is told once it is sent.

import { expect } from '@playwright/test';

import { wordsOf } from './landlords.mjs';
import { deadlines } from './service.mjs';
import { longDate, say } from './words.mjs';

/** The row of what was just sent: its title, its reference and its dates are on the screen, and the dates are
 * those of the landlord's own time limits. */
export async function expectReceipt(resident, service, { kind, stage = kind === 'stage2' ? 2 : 1 }) {
  const reference = await resident.reference();
  expect(reference).toMatch(/^[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}$/);
  const row = service.row(reference);
  expect(row).toMatchObject({ kind, stage, record: { kind, triage: { route: kind } } });
  expect(row).toMatchObject(await deadlines(row));

  const words = wordsOf(row.landlord, row.record.site);
  const titled = kind === 'complaint' ? 'sent.title' : `sent.title.${kind}`;
  await expect(resident.screen.locator('[part=heading]')).toHaveText(say(titled, words));
  const shown = await resident.text();
  expect(shown).toContain(say('sent.received', { date: longDate(row.received_on) }));
  const promised = [...new Set(shown.match(/By \w+day \d+ \w+ \d{4}/g))];
  const dates = kind === 'addition' ? [row.acknowledge_by] : [row.acknowledge_by, row.respond_by];
  expect(promised).toEqual(dates.filter(Boolean).map((date) => `By ${longDate(date)}`));
  if (kind === 'complaint' || kind === 'stage2') {
    expect(shown).toContain(say('sent.next.extend.text', { date: longDate(row.extended_by) }));
  }
  return row;
}
