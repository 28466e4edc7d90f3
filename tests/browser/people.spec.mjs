// Who is behind a complaint: representatives, staff, groups, people without a name, and people who tell
// about their health.

import { action } from './support/hands.mjs';
import { intercept } from './support/moments.mjs';
import { expectReceipt } from './support/receipt.mjs';
import { LEAST, PLAIN, newWords, saying } from './support/resident.mjs';
import { expect, test } from './support/test.mjs';
import { longDate, say } from './support/words.mjs';

// --- Representatives (Code 1.3, 3.6) ----------------------------------------------------------------

const AUTHORITY = {
  'stoke-on-trent': ['written', /in writing/],
  rugby: ['signed_normally', /normally .*signed/],
  havering: ['gdpr_waivable', /data protection.*unless.*vulnerable/],
  'south-and-vale': ['signed', /signed/],
  example: ['gdpr', /data protection/],
  halton: ['', /We take this in every case/],
};

for (const [landlord, [rule, says]] of Object.entries(AUTHORITY)) {
  test(`a representative is told how ${landlord} asks for authority, and is heard without it`, async ({ resident, service }) => {
    const answers = saying(newWords(), { on_behalf_of: ['someone_else'], consent: ['not_yet'] });
    await resident.opens(`/?landlord=${landlord}`);
    await resident.skipsTo('question:consent', answers);
    const hint = resident.screen.locator('.hint').first();
    await expect(hint).toHaveText(say(['question.consent.hint', rule].filter(Boolean).join('.')));
    await expect(hint).toHaveText(says);
    await resident.skipsTo('check', answers);
    await resident.sends();
    const row = await expectReceipt(resident, service, { kind: 'complaint' });
    expect(row.record.representative).toEqual({
      name: 'Ann Example', relationship: 'Daughter', contact: '01632 960002', consent: 'not_yet',
      mayDo: ['receive_copies', 'decide'], answersTo: 'both',
    });
    expect(row.record.resident.name).toBe('Jo Example');
    expect(JSON.parse(row.flags)).toContain('authority_to_confirm');
  });
}

for (const [consent, isConfirmed] of Object.entries({ agreed: true, to_follow: false, legal_authority: true, not_sure: false })) {
  test(`a representative who answers ${consent} is heard, and the landlord sees what is still to be confirmed`, async ({ resident, service }) => {
    await resident.opens();
    const row = service.row(await resident.complains({ ...LEAST, on_behalf_of: ['someone_else'], consent: [consent] }));
    expect(row.record.representative.consent).toBe(consent);
    expect(JSON.parse(row.flags).includes('authority_to_confirm')).toBe(!isConfirmed);
  });
}

test('a friend at any meeting is asked for as any other adjustment, and the landlord sees it at once', async ({ resident, service }) => {
  await resident.opens();
  const row = service.row(await resident.complains({ ...LEAST, adjustments: ['supporter'] }));
  expect(row.record.adjustments.requested).toEqual(['supporter']);
  expect(JSON.parse(row.flags)).toEqual(['accompanied']);
  await expect(resident.screen).toContainText(say('option.adjustments.supporter'));
});

test('what was asked for is said back on the receipt, each in words that stand alone', async ({ resident, service }) => {
  await resident.opens();
  const row = service.row(await resident.complains(saying(newWords(), { adjustments: ['large_print', 'interpreter'] })));
  expect(row.record.adjustments).toEqual({
    requested: ['large_print', 'interpreter'], interpreterLanguage: 'Polish', ownWords: 'Please speak slowly.', reviewOn: '2027-06-01',
  });
  const note = resident.screen.locator('.note').filter({ hasText: say('sent.adjustments') });
  await expect(note.locator('li')).toHaveText([
    say('option.adjustments.large_print'), say('option.adjustments.interpreter'),
    `${say('field.interpreter_language.label')}: Polish`, 'Please speak slowly.',
    `${say('field.adjustments_review.label')} ${longDate('2027-06-01')}`,
  ]);
});

// --- Staff, and groups (Code 1.2, 3.2) ---------------------------------------------------------------

const STAFF = { on_behalf_of: ['staff'], first_said: ['2/11/2026'] };

for (const [kind, way] of Object.entries({
  complaint: { intent: ['complain'] },
  stage2: { intent: ['stage2'] },
  addition: { intent: ['add'] },
  service_request: { intent: ['report'], choices: { first_report: 'request' } },
})) {
  test(`what a resident told a member of staff counts from the day on which it was said: ${kind}`, async ({ resident, service }) => {
    await resident.opens('/?landlord=rugby');
    await resident.skipsTo('check', { ...LEAST, ...way, ...STAFF });
    await resident.sends();
    const row = await expectReceipt(resident, service, { kind });
    expect(row.received_on).toBe('2026-11-02');
    expect(row.record.staff).toEqual({ name: 'Sam Staff', firstSaidOn: '2026-11-02' });
    expect(row.record.resident.name).toBe('Jo Example');
    await expect(resident.screen).toContainText(say('sent.received', { date: longDate('2026-11-02') }));
  });
}

test('a hazard that a resident told a member of staff is known from that day on', async ({ resident, service }) => {
  await resident.opens();
  const { record } = service.row(await resident.complains({ ...LEAST, ...STAFF, topics: ['damp_mould'] }));
  expect(record.triage).toMatchObject({ hazards: ['damp_mould'], awareAt: '2026-11-02' });
});

test('without a day it counts from today', async ({ resident, service }) => {
  await resident.opens();
  const row = service.row(await resident.complains({ ...LEAST, ...STAFF, first_said: undefined }));
  expect(row.received_on).toBe(row.received_at.slice(0, 10));
});

const NO_DAYS = {
  'half a date': ['date_incomplete', '5', '21/11', 'November'],
  'a day that does not exist': ['date_incomplete', '31/2/2026', '2026-13-01', '0/1/2026'],
  'words that are no date': ['date_incomplete', 'last week', 'x', '21/11/2026 or so'],
  'a slip in the year': ['date_incomplete', '21/11/202', '21/11/0026', '21/11/20226'],
  'a day that has not come yet': ['date_in_future', '1 January 2031', '1/1/99'],
};

for (const [what, [problem, ...days]] of Object.entries(NO_DAYS)) {
  test(`${what} is asked for again in a clear sentence, and what was typed stays`, async ({ resident }) => {
    await resident.opens();
    await resident.skipsTo('question:staff', { ...LEAST, ...STAFF });
    for (const day of days) {
      await resident.answers({ staff_name: ['Sam Staff'], first_said: [day] });
      await resident.continues();
      expect(await resident.at(), day).toBe('question:staff');
      await expect(resident.screen.locator('[data-errors]')).toHaveText(new RegExp(`${say(`problem.first_said.${problem}`)}$`));
      await resident.shows({ staff_name: ['Sam Staff'], first_said: [day] });
    }
    await resident.goesOn(STAFF);
    expect(await resident.at()).toBe('question:adjustments');
  });
}

for (const day of ['2/11/2026', '02/11/26', '2.11.2026', '2 November 2026', ' 2 nov 26 ', '2026-11-02']) {
  test(`“${day}” is 2 November 2026, on the receipt, in the words and in the record`, async ({ resident, service }) => {
    await resident.opens();
    await resident.skipsTo('check', { ...LEAST, ...STAFF, first_said: [day] });
    await resident.sends();
    const row = await expectReceipt(resident, service, { kind: 'complaint' });
    expect([row.received_on, row.record.staff.firstSaidOn]).toEqual(['2026-11-02', '2026-11-02']);
    expect(row.record.answers.find((it) => it.id === 'first_said').value).toContain('2 November 2026');
  });
}

test('who turns out to be staff is asked about the resident again', async ({ resident }) => {
  await resident.opens();
  await resident.skipsTo('check', PLAIN);
  await resident.changes(say('question.on_behalf_of.title'));
  await resident.goesOn({ on_behalf_of: ['staff'] });
  await resident.comesTo('question:staff');
  await resident.goesOn(PLAIN);
  expect(await resident.at(), 'whose name and address these are').not.toBe('check');
});

test('a group is one complaint with one contact, and the others are named', async ({ resident, service }) => {
  await resident.opens();
  const answers = saying(newWords(), { on_behalf_of: ['group'] });
  await resident.skipsTo('question:identity', answers);
  await expect(resident.screen).toContainText(say('question.identity.hint.group'));
  const row = service.row(await resident.complains(answers));
  expect(row.record).toMatchObject({ onBehalfOf: 'group', groupMembers: PLAIN.group_members[0], resident: { name: 'Jo Example' } });
  expect(service.rowsAbout(answers.account[0])).toHaveLength(1);
});

// --- Without a name ---------------------------------------------------------------------------------

test('at Rugby a complaint can come without a name and an address, and the page says what follows', async ({ resident, service }) => {
  await resident.opens('/?landlord=rugby');
  const nameless = { ...LEAST, name: undefined, address: undefined };
  await resident.skipsTo('question:identity', nameless);
  await expect(resident.screen).toContainText(say('question.identity.hint.anonymous'));
  await resident.skipsTo('check', nameless);
  await resident.sends();
  const { record } = await expectReceipt(resident, service, { kind: 'complaint' });
  expect([record.resident, record.contact]).toEqual([undefined, undefined]);
});

for (const landlord of ['halton', 'example', 'south-and-vale']) {
  test(`at ${landlord} a name and an address are asked for, in a clear sentence`, async ({ resident }) => {
    await resident.opens(`/?landlord=${landlord}`);
    await resident.skipsTo('question:identity', LEAST);
    await expect(resident.screen).not.toContainText(say('question.identity.hint.anonymous'));
    await resident.continues();
    const problems = resident.screen.locator('[data-errors]');
    for (const name of ['name', 'address']) await expect(problems).toContainText(say(`problem.${name}.missing`));
  });
}

// --- Health, and explicit consent (UK GDPR 9(2)(a)) ---------------------------------------------------

const SECRET = 'Retinitis pigmentosa';
const DISABLED = { ...PLAIN, disability: [SECRET] };

/** Keeps what leaves the browser. */
const listen = (page) => intercept(page, (route) => route.continue());

for (const [what, way] of Object.entries({
  'a complaint': {},
  'a request': { intent: ['report'], choices: { first_report: 'request' } },
})) {
  test(`where consent is asked for and not given, nothing about health leaves the browser: ${what}`, async ({ resident, page, service }) => {
    const sent = await listen(page);
    const answers = { ...DISABLED, ...way, disability_consent: [] };
    await resident.opens('/?landlord=example');
    const met = await resident.skipsTo('check', answers);
    expect(met).toContain('question:disability_consent');
    await expect(resident.screen).toContainText(say('check.withheld'));
    await expect(resident.screen).not.toContainText(SECRET);
    await resident.sends();
    const row = service.row(await resident.reference());
    await expect(resident.screen).not.toContainText(SECRET);
    if (way.intent) {
      await resident.hands.press(action('make_complaint'));
      await expect.poll(() => sent.length).toBe(2);
      await resident.comesTo('sent');
    }
    expect(sent.length).toBe(way.intent ? 2 : 1);
    for (const { body } of sent) {
      expect(body).not.toContain(SECRET);
      expect(body.toLowerCase()).not.toContain('pigmentosa');
      expect(JSON.parse(body).disabilityDisclosed).toBeUndefined();
    }
    expect(row.body).toBe(sent[0].body);
  });
}

test('where consent is given, what was written about health is sent as it was written', async ({ resident, page, service }) => {
  const sent = await listen(page);
  await resident.opens('/?landlord=example');
  await resident.skipsTo('check', DISABLED);
  await expect(resident.screen).not.toContainText(say('check.withheld'));
  await expect(resident.screen).toContainText(SECRET);
  await resident.sends();
  const { record } = service.row(await resident.reference());
  expect(record.disabilityDisclosed).toBe(SECRET);
  expect(record.answers.find((it) => it.id === 'disability').value).toBe(SECRET);
  expect(record.answers.find((it) => it.id === 'disability_consent').value).toContain('Example Homes');
  expect(sent).toHaveLength(1);
});

test('consent that is taken back on the check page counts', async ({ resident, page }) => {
  const sent = await listen(page);
  await resident.opens('/?landlord=example');
  await resident.skipsTo('check', DISABLED);
  await resident.changes(say('question.disability_consent.title'));
  await resident.answers({ disability_consent: [] });
  await resident.continues();
  await resident.comesTo('check');
  await expect(resident.screen).toContainText(say('check.withheld'));
  await resident.sends();
  await resident.reference();
  expect(sent[0].body).not.toContain(SECRET);
});

test('where nothing was written about health, nothing is asked about it', async ({ resident }) => {
  await resident.opens('/?landlord=example');
  expect(await resident.skipsTo('check', LEAST)).not.toContain('question:disability_consent');
  await expect(resident.screen).not.toContainText(say('check.withheld'));
});

test('a landlord that does not rely on consent does not ask for it', async ({ resident, service }) => {
  await resident.opens('/?landlord=halton');
  expect(await resident.skipsTo('check', DISABLED)).not.toContain('question:disability_consent');
  await resident.sends();
  expect(service.row(await resident.reference()).record.disabilityDisclosed).toBe(SECRET);
});
