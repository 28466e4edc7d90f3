// Whole journeys, written from real published cases. The stories are those of the domain's own tests, which
// say what their fields mean (crates/domain/tests/journeys.rs).

import { readFileSync, readdirSync } from 'node:fs';

import { Keyboard, Mouse } from './support/hands.mjs';
import { path } from './support/paths.mjs';
import { expectReceipt } from './support/receipt.mjs';
import { DAYS, Resident } from './support/resident.mjs';
import { secondOmbudsman } from './support/rights.mjs';
import { expect, test } from './support/test.mjs';
import { heard } from './support/watch.mjs';
import { WORDS, say } from './support/words.mjs';

const FOLDER = path('crates/domain/tests/journeys/');
const STORIES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, ...JSON.parse(readFileSync(FOLDER + name, 'utf8')) }));

const LANGUAGES = readdirSync(path('locales')).filter((name) => name.endsWith('.json')).map((name) => name.replace('.json', ''));

/** The first three people of the project: theirs is walked by hand each time, everybody's in a soak. */
const THREE = ['halton-damp-and-mould-reported-twice', 'example-four-missed-appointments', 'halton-never-says-complaint'];
const isByHand = (story) => process.env.HC_SOAK === '1' || THREE.includes(story.name.replace('.json', ''));

test('there is a story for each of the three people, and one from each landlord', () => {
  expect(STORIES.filter((story) => THREE.includes(story.name.replace('.json', '')))).toHaveLength(3);
  expect(new Set(STORIES.map((story) => story.landlord)).size).toBeGreaterThanOrEqual(6);
});

for (const story of STORIES) {
  const ways = isByHand(story) ? { ', with a mouse': Mouse, ', with the keyboard alone': Keyboard } : { '': undefined };
  for (const [way, hands] of Object.entries(ways)) {
    test(`${story.landlord}: ${story.title}${way}${hands ? ' @soak' : ''}`, async ({ page, service }) => {
      const resident = new Resident(page, { hands });
      await page.clock.setFixedTime(`${story.sent_on ?? story.received_on}T10:00:00Z`);
      await resident.opens(`/?landlord=${story.landlord}${story.came_from ? `&source=${story.came_from}` : ''}`);
      const answers = { ...story.answers, choices: story.choices };
      await (hands ? resident.goesTo('check', answers) : resident.skipsTo('check', answers));
      const checked = await resident.text();
      for (const [, words] of written(story)) {
        for (const line of words.split('\n')) expect(checked).toContain(line);
      }
      await expect(resident.screen.locator('[data-rights]')).toContainText(say(`rights.at.${story.rights.moment}`));
      expect(await secondOmbudsman(resident)).toBe(story.rights.lgsco);
      await resident.sends();
      await resident.comesTo('sent');

      const steps = await heard(page, 'hc-step');
      const met = steps.map((step) => [step.screen, step.key].filter(Boolean).join(':'))
        .filter((at, index, all) => at !== all[index - 1]);
      // Who counts steps is not told which page it was that was careful.
      const path = story.path.map((at) => (at === 'advice:careful' ? 'advice' : at));
      expect(met.filter(isTold(story))).toEqual(['start', ...path, 'check', 'sending', 'sent']);

      const row = await expectReceipt(resident, service, { kind: story.record.kind });
      expect(row.landlord).toBe(story.landlord);
      // Of the languages that stories are told in, the page speaks those that there are files for.
      const { language, ...told } = story.record;
      const record = story.listens ? row.record : unheard(row.record);
      expectAsTold(record, LANGUAGES.includes(language) ? story.record : told, 'record');
      for (const [field, words] of written(story)) {
        expect(row.record.answers.find((it) => it.id === field)?.value).toBe(words);
      }
    });
  }
}

/** Of a story that does not listen, nothing is told of what was heard in its words. */
const HEARD = ['advice', 'advice:careful', 'advice:urgent', 'advice:unhappy'];
const isTold = (story) => (at) => story.listens || !HEARD.includes(at);

function unheard(record) {
  const { noticed, ...triage } = record.triage;
  const flags = triage.flags.filter((it) => !it.startsWith('heard_') && it !== 'sounds_unhappy');
  const advice = triage.advice.filter((it) => !HEARD.includes(`advice:${it.id}`));
  if (!triage.hazards) delete triage.awareAt;
  return { ...record, triage: { ...triage, flags, advice } };
}

const isChosen = (field) => field === 'site' || Object.keys(WORDS).some((key) => key.startsWith(`option.${field}.`));

/** Everything that the resident wrote and that is sent, by field; a day is shown in other words. */
function written(story) {
  const isSent = (field) => field !== 'disability' || story.record.disabilityDisclosed !== null;
  return Object.entries(story.answers)
    .filter(([field, [words]]) => !isChosen(field) && !DAYS.includes(field) && isSent(field) && words.trim())
    .map(([field, [words]]) => [field, words]);
}

/** At least these fields, and exactly these lists; `null` and what is empty: nothing there. */
function expectAsTold(record, told, where) {
  if (told === null) return expect(record, where).toBeUndefined();
  if (typeof told !== 'object') return expect(String(record).replace('.000Z', 'Z'), where).toBe(String(told));
  if (Object.keys(told).length === 0) return expect(Object.keys(record ?? {}), where).toEqual([]);
  if (Array.isArray(told)) expect(record, where).toHaveLength(told.length);
  for (const [name, value] of Object.entries(told)) expectAsTold(record?.[name], value, `${where}/${name}`);
}
