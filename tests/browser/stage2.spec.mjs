// Stage 2: nothing is needed but somebody to answer, and nobody is asked why (Code 6.10 to 6.14).

import { LANDLORDS, wordsOf } from './support/landlords.mjs';
import { expectReceipt } from './support/receipt.mjs';
import { LEAST, PLAIN } from './support/resident.mjs';
import { expect, test } from './support/test.mjs';
import { say } from './support/words.mjs';

const ASKED = { ...LEAST, intent: ['stage2'], account: undefined };
const MOST_QUESTIONS = 6;

for (const landlord of Object.keys(LANDLORDS)) {
  test(`stage 2 with a name and nothing else is sent, at ${landlord}`, async ({ resident, service }) => {
    await resident.opens(`/?landlord=${landlord}`);
    await resident.skipsTo('check', { ...ASKED, address: undefined });
    await resident.sends();
    const { record } = await expectReceipt(resident, service, { kind: 'stage2' });
    expect(record).toMatchObject({ intent: 'stage2', resident: { name: 'Jo Example' } });
    for (const name of ['contact', 'complaintReference', 'scope', 'reasons', 'representative', 'staff']) expect(record[name]).toBeUndefined();
    const { by } = LANDLORDS[landlord].stage2 ?? {};
    await expect(resident.screen).toContainText(by ? say('stage2.by', { by }) : say('stage2.by.other'));
    await expect(resident.screen).toContainText(say('sent.next.final.text'));
    await expect(resident.screen.locator('[data-rights]')).toContainText(say('rights.sent.stage2'));
  });

  test(`stage 2 needs at most ${MOST_QUESTIONS} questions, whoever asks, and never asks why, at ${landlord}`, async ({ resident }) => {
    await resident.opens();
    for (const whom of ['me', 'household', 'someone_else', 'group', 'staff']) {
      await resident.opensAnew(`/?landlord=${landlord}&start=stage2`);
      const answers = { ...ASKED, on_behalf_of: [whom] };
      const met = [];
      while ((await resident.at()) !== 'check') {
        met.push(await resident.at());
        const shown = (await resident.text()).replaceAll('You do not have to give a reason.', '');
        expect(shown, met.at(-1)).not.toMatch(/\breasons?\b|\bwhy\b|\bexplain/i);
        await resident.skipsOne(answers);
      }
      const questions = met.filter((at) => at.startsWith('question:'));
      expect(questions).not.toContain('question:intent');
      expect(questions.length, `${whom}: ${questions}`).toBeLessThanOrEqual(MOST_QUESTIONS - 1);
      const asked = await resident.screen.getByRole('button', { name: say('action.change') }).count();
      expect(asked, 'with the one that the link answered').toBeLessThanOrEqual(MOST_QUESTIONS);
    }
  });
}

test('stage 2 with the number of the complaint and no name is sent', async ({ resident, service }) => {
  await resident.opens();
  await resident.skipsTo('check', { ...ASKED, name: undefined, address: undefined, complaint_reference: ['ABC 1'] });
  await resident.sends();
  const { record } = await expectReceipt(resident, service, { kind: 'stage2' });
  expect(record).toMatchObject({ complaintReference: 'ABC 1' });
  expect([record.resident, record.contact]).toEqual([undefined, undefined]);
});

test('stage 2 without a number and without a name asks for the name, and says why', async ({ resident, service }) => {
  await resident.opens();
  await resident.skipsTo('question:you', { ...ASKED, no_reference: ['yes'] });
  await resident.continues();
  await expect(resident.screen.locator('[data-errors]')).toContainText(say('problem.name.missing'));
  await resident.goesOn({ name: ['Jo'] });
  await resident.sends();
  const { record } = await expectReceipt(resident, service, { kind: 'stage2' });
  expect(record.resident).toEqual({ name: 'Jo' });
  expect(record.answers.find((it) => it.id === 'no_reference').value).toBe(say('option.no_reference.yes'));
});

test('stage 2 for a part of it, with words, keeps both', async ({ resident, service }) => {
  await resident.opens();
  await resident.skipsTo('check', { ...PLAIN, intent: ['stage2'], account: [' Only the  ceiling.\n'] });
  await resident.sends();
  const { record } = await expectReceipt(resident, service, { kind: 'stage2' });
  expect(record).toMatchObject({ complaintReference: 'K47-W92-F36', scope: 'part', reasons: ' Only the  ceiling.\n' });
});

test('stage 2 for someone else needs no word about their agreement, and says that it is to be confirmed', async ({ resident, service }) => {
  await resident.opens('/?landlord=stoke-on-trent');
  await resident.skipsTo('check', { ...ASKED, on_behalf_of: ['someone_else'], consent: undefined });
  await resident.sends();
  const row = await expectReceipt(resident, service, { kind: 'stage2' });
  expect(row.record.representative).toEqual({ name: 'Ann Example', contact: '01632 960002' });
  expect(JSON.parse(row.flags)).toEqual(['authority_to_confirm']);
});

test('each landlord’s own words about stage 2 are said, and a time limit stops nobody', async ({ resident, service }) => {
  await resident.opens();
  for (const [landlord, { stage2: { askWithin, ways = [] } = {} }] of Object.entries(LANDLORDS)) {
    await resident.opensAnew(`/?landlord=${landlord}&start=stage2`);
    await resident.skipsTo('question:stage2', ASKED);
    const shown = await resident.text();
    const words = wordsOf(landlord, ASKED.site[0]);
    if (askWithin) expect(shown).toContain(say('stage2.ask_within', { ...words, within: askWithin }));
    else expect(shown).not.toMatch(/You can still ask after/);
    const listed = ways.map((kind) => say(`channel.${kind}`)).join(', ');
    if (ways.length) expect(shown).toContain(say('stage2.ways', { ways: listed }));
    else expect(shown).not.toMatch(/in another way/);
    expect(service.row(await resident.complains(ASKED)).kind).toBe('stage2');
  }
});
