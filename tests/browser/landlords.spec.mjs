// Each landlord's own words, people, councils and papers, and nothing that its file does not say.

import { LANDLORDS, wordsOf } from './support/landlords.mjs';
import { expectReceipt } from './support/receipt.mjs';
import { LEAST, PLAIN } from './support/resident.mjs';
import { secondOmbudsman } from './support/rights.mjs';
import { expect, test } from './support/test.mjs';
import { LONGEST } from './support/tour.mjs';
import { say } from './support/words.mjs';

const HOUSING = ['tel:03001113000', 'https://www.housing-ombudsman.org.uk/residents/make-a-complaint/'];
const LGSCO = ['tel:03000610614', 'https://www.lgo.org.uk'];
const NATIONAL = ['999', '0800111999', '105', '03459881188', '08082000247'].map((number) => `tel:${number}`);

/** Where the links of this screen lead. */
const links = async (resident) => (await resident.screen.locator('a').evaluateAll((list) => list.map((it) => it.getAttribute('href')))).sort();

for (const [id, landlord] of Object.entries(LANDLORDS)) {
  const words = wordsOf(id);

  test(`${id} is called by its name, with its team, its papers and its word for residents`, async ({ resident }) => {
    await resident.opens(`/?landlord=${id}`);
    const policies = [landlord.policy, ...(landlord.sites ?? []).map((it) => it.policy)].filter(Boolean);
    for (const text of [
      say('start.title', words),
      say('start.team', words),
      say('start.for', words),
      ...policies.map((it) => say('start.policy', { paper: it.name })),
      ...(landlord.documents ?? []).map((it) => say('start.document', { paper: it.name })),
      ...landlord.channels.flatMap((it) => [it.value, it.note]),
      ...(landlord.notes ?? []),
      landlord.formats,
    ].filter(Boolean)) await expect(resident.screen).toContainText(text);
    expect(policies.length).toBeGreaterThan(0);

    await resident.skipsTo('question:on_behalf_of', LEAST);
    const site = wordsOf(id, LEAST.site[0]);
    for (const whom of ['group', 'staff']) await expect(resident.screen).toContainText(say(`option.on_behalf_of.${whom}`, site));
    await resident.skipsTo('question:adjustments', LEAST);
    if (landlord.formats) await expect(resident.screen).toContainText(landlord.formats);
  });

  test(`no number, address or link is invented for ${id}`, async ({ resident }) => {
    const own = [...landlord.channels, landlord.requests].flatMap((it) => {
      if (!it?.value) return [];
      return { phone: [`tel:${it.value.replaceAll(' ', '')}`], email: [`mailto:${it.value}`], portal: [it.value], web_form: [it.value] }[it.kind] ?? [];
    });
    const papers = [landlord.policy, ...(landlord.documents ?? [])].map((it) => it?.url).concat(landlord.privacyUrl).filter(Boolean);
    const second = landlord.ombudsmen.includes('lgsco') ? LGSCO : [];
    await resident.opens(`/?landlord=${id}`);
    const others = own.filter((it) => it !== `tel:${landlord.requests?.value.replaceAll(' ', '')}`);
    expect(await links(resident)).toEqual([...HOUSING, ...second, ...others, ...papers].sort());

    const urgent = landlord.urgentPhone ? [`tel:${landlord.urgentPhone.replaceAll(' ', '')}`] : [];
    await resident.skipsTo('advice:danger', LONGEST);
    expect(await links(resident)).toEqual([...HOUSING, ...second, ...NATIONAL, ...urgent].sort());
    const site = wordsOf(id, LONGEST.site[0]);
    const said = landlord.urgentPhone ? 'advice.danger.landlord.title' : 'advice.danger.no_phone.text';
    await expect(resident.screen).toContainText(say(said, site));
  });
}

test('Halton’s first page links to the Ombudsman and to nobody else', async ({ resident }) => {
  await resident.opens();
  expect(await links(resident)).toEqual([...HOUSING].sort());
});

// --- Two councils, one form ---------------------------------------------------------------------------

for (const [site, other] of [['south', 'vale'], ['vale', 'south']]) {
  test(`whoever chooses ${site} deals with that council from then on`, async ({ resident, service }) => {
    const both = LANDLORDS['south-and-vale'].name;
    const name = (id) => wordsOf('south-and-vale', id).landlord;
    const answers = { ...LONGEST, site: [site], on_behalf_of: ['me'] };
    await resident.opens('/?landlord=south-and-vale');
    await expect(resident.screen).toContainText(both);
    let named = 0;
    await resident.skipsTo('question:site', answers);
    await resident.goesOn(answers);
    while ((await resident.at()) !== 'check') {
      const shown = await resident.text();
      expect(shown, await resident.at()).not.toContain(both);
      expect(shown, await resident.at()).not.toContain(name(other));
      named += shown.includes(name(site)) ? 1 : 0;
      await resident.skipsOne(answers);
    }
    expect(named).toBeGreaterThanOrEqual(2);
    await expect(resident.screen).toContainText(name(site));
    await resident.sends();
    const { record } = await expectReceipt(resident, service, { kind: 'complaint' });
    expect(record).toMatchObject({ landlord: 'south-and-vale', site });
    const shown = await resident.text();
    expect(shown).toContain(name(site));
    expect(shown).not.toContain(both);
    expect(shown).not.toContain(name(other));
  });
}

test('the council is asked for on every way in, also by a link, and can be changed', async ({ resident, service }) => {
  await resident.opens('/?landlord=south-and-vale&start=stage2');
  expect((await resident.skipsTo('check', LEAST))[1]).toBe('question:site');
  await resident.changes(say('question.site.title'));
  await resident.goesOn({ site: ['south'] });
  await resident.comesTo('check');
  await resident.sends();
  expect((await expectReceipt(resident, service, { kind: 'stage2' })).record.site).toBe('south');
});

// --- Contractors (Code 5.4) ---------------------------------------------------------------------------

for (const [intent, kind] of [['complain', 'complaint'], ['report', 'service_request']]) {
  test(`at Stoke it is said that Unitas gets a copy, and Unitas is in the record: ${kind}`, async ({ resident, service }) => {
    await resident.opens('/?landlord=stoke-on-trent');
    await resident.skipsTo('check', { ...LEAST, intent: [intent], topics: ['repairs'], choices: { first_report: 'request' } });
    await expect(resident.screen).toContainText(say('check.recipient', { name: 'Unitas' }));
    await resident.sends();
    const { record } = await expectReceipt(resident, service, { kind });
    expect(record.triage.recipients).toEqual(['Unitas']);
    await expect(resident.screen).toContainText(say('check.recipient', { name: 'Unitas' }));
  });
}

test('at Stoke nothing is said of Unitas where it is not about their work', async ({ resident, service }) => {
  await resident.opens('/?landlord=stoke-on-trent');
  await resident.skipsTo('check', { ...LEAST, topics: ['rent_charges'] });
  await expect(resident.screen).not.toContainText('Unitas');
  await resident.sends();
  expect(service.row(await resident.reference()).record.triage.recipients ?? []).toEqual([]);
});

// --- Which Ombudsman (Code 3.7, 5.7) --------------------------------------------------------------------

const PANELS = [
  ['halton', ['repairs', 'heating_water'], 'no', 'no'],
  ['halton', ['council_services'], 'no', 'instead'],
  ['rugby', ['repairs'], 'no', 'no'],
  ['rugby', ['council_services'], 'no', 'instead'],
  ['rugby', ['repairs', 'council_services'], 'no', 'also'],
  ['stoke-on-trent', ['applying'], 'no', 'instead'],
  ['havering', ['repairs'], 'also', 'also'],
  ['havering', ['council_services'], 'also', 'instead'],
  ['south-and-vale', ['repairs'], 'also', 'also'],
  ['example', ['shared_areas'], 'no', 'no'],
];

for (const [landlord, topics, before, after] of PANELS) {
  test(`at ${landlord}, about ${topics.join(' and ')}, every page names the right Ombudsman`, async ({ resident }) => {
    await resident.opens(`/?landlord=${landlord}`);
    let expected = before;
    for (let pages = 0; (await resident.at()) !== 'check' && pages < 40; pages++) {
      const at = await resident.at();
      expect(await secondOmbudsman(resident), at).toBe(expected);
      if (at === 'question:topics') expected = after;
      await resident.skipsOne({ ...LEAST, topics });
    }
    expect(await secondOmbudsman(resident), 'check').toBe(after);
    await resident.sends();
    await resident.comesTo('sent');
    expect(await secondOmbudsman(resident), 'sent').toBe(after);
  });
}

test('a topic of somebody else’s is said to be, and is taken all the same', async ({ resident, service }) => {
  await resident.opens('/?landlord=example');
  const answers = { ...LEAST, topics: ['shared_areas', 'repairs'] };
  await resident.skipsTo('advice:responsibility', answers);
  await expect(resident.screen).toContainText(say('option.topics.shared_areas'));
  await expect(resident.screen).toContainText(LANDLORDS.example.topics[0].note);
  await expect(resident.screen).not.toContainText(say('option.topics.repairs'));
  const row = service.row(await resident.complains(answers));
  expect(row.record.triage.flags).toContain('partly_not_ours');
  expect(row.record.triage.advice).toMatchObject([{ id: 'responsibility', choice: 'carry_on' }]);
});

// --- What may keep a landlord from it (Code 2.2 to 2.5) ---------------------------------------------------

const EXCLUSIONS = {
  over_12_months: { field: 'when_aware', value: 'over_12_months', flag: 'possibly_over_12_months' },
  claim_at_court: { field: 'claim_at_court', value: 'yes', flag: 'possibly_claim_at_court' },
  already_answered: { field: 'already_answered', value: 'yes', flag: 'possibly_already_answered' },
};

for (const given of [...Object.keys(EXCLUSIONS).map((it) => [it]), Object.keys(EXCLUSIONS)]) {
  test(`a complaint that may be kept out by ${given.join(', ')} is sent all the same, and a person decides`, async ({ resident, service }) => {
    const facts = given.map((it) => EXCLUSIONS[it]);
    const answers = { ...PLAIN, ...Object.fromEntries(facts.map(({ field, value }) => [field, [value]])) };
    const isFinal = given.includes('already_answered');
    const expectPanel = async () => {
      await expect(resident.screen.locator('[data-rights]')).toContainText(say(isFinal ? 'rights.at.final_answer' : 'rights.at.before'));
      if (isFinal) await expect(resident.screen.locator('[data-rights]')).toContainText('12 months');
    };
    await resident.opens('/?landlord=example');
    await resident.skipsTo('advice:possible_exclusion', answers);
    await expect(resident.screen).toContainText(say('advice.possible_exclusion.lead'));
    await expect(resident.screen).toContainText(say('advice.possible_exclusion.refusal'));
    for (const it of Object.keys(EXCLUSIONS)) {
      const reason = say(`advice.possible_exclusion.${it}`);
      if (given.includes(it)) await expect(resident.screen).toContainText(reason);
      else await expect(resident.screen).not.toContainText(reason);
    }
    await expectPanel();
    const met = await resident.skipsTo('check', answers);
    expect(met.includes('question:late_reason')).toBe(given.includes('over_12_months'));
    await expectPanel();
    await resident.sends();
    const row = await expectReceipt(resident, service, { kind: 'complaint' });
    const flags = facts.map(({ flag }) => flag);
    expect(row.record.triage.flags).toEqual(expect.arrayContaining(flags));
    expect(JSON.parse(row.flags)).toEqual(row.record.triage.flags);
    expect(row.record.triage.flags.filter((it) => it.startsWith('possibly'))).toEqual(flags);
    expect(row.record.triage.advice.find((it) => it.id === 'possible_exclusion').choice).toBe('carry_on');
    expect(row.record.lateReason).toBe(given.includes('over_12_months') ? PLAIN.late_reason[0] : undefined);
    await expect(resident.screen.locator('[data-rights]')).toContainText(say('rights.sent'));
  });
}

for (const [id, { possibleExclusions: named }] of Object.entries(LANDLORDS)) {
  test(`${id} asks only for the facts that its own policy names`, async ({ resident }) => {
    await resident.opens(`/?landlord=${id}`);
    await resident.skipsTo('question:exclusions', LEAST);
    await expect(resident.screen).toContainText(say('question.exclusions.hint'));
    expect(Object.keys(await resident.fields())).toEqual(named.map((it) => EXCLUSIONS[it].field));
    const met = await resident.skipsTo('check', LEAST);
    expect(met).not.toContain('advice:possible_exclusion');
  });
}
