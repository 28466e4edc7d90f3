// Whole journeys, written from real published cases. The stories are those of the domain's own tests.

import { readFileSync, readdirSync } from 'node:fs';

import { Keyboard, Mouse } from './support/hands.mjs';
import { path } from './support/paths.mjs';
import { Resident } from './support/resident.mjs';
import { deadlines } from './support/service.mjs';
import { expect, test } from './support/test.mjs';
import { heard } from './support/watch.mjs';
import { longDate, say } from './support/words.mjs';

const FOLDER = path('crates/domain/tests/journeys/');
const STORIES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({ name, ...JSON.parse(readFileSync(FOLDER + name, 'utf8')) }));

test('there is a story for each of the three people', () => {
  expect(STORIES.length).toBeGreaterThanOrEqual(3);
});

for (const story of STORIES) {
  for (const [way, hands] of [['with a mouse', Mouse], ['with the keyboard alone', Keyboard]]) {
    test(`${story.title}, ${way}`, async ({ page, service }) => {
      const resident = new Resident(page, { hands });
      await resident.opens(`/?landlord=${story.landlord}`);
      await resident.goesTo('check', { ...story.answers, choices: story.choices });
      const checked = await resident.screen.innerText();
      for (const [, words] of written(story)) {
        for (const line of words.split('\n')) expect(checked).toContain(line);
      }
      await resident.sends();
      const reference = await resident.reference();

      const steps = await heard(page, 'hc-step');
      const path = steps.map((step) => [step.screen, step.key].filter(Boolean).join(':'));
      expect(path).toEqual(['start', ...story.path, 'check', 'sending', 'sent']);

      expect(reference).toMatch(/^[A-Z0-9]{3}-[A-Z0-9]{3}-[A-Z0-9]{3}$/);
      const row = service.row(reference);
      expect(row.landlord).toBe(story.landlord);
      expect(row.record).toMatchObject(story.record);
      for (const [field, words] of written(story)) {
        expect(row.record.answers.find((it) => it.id === field)?.value).toBe(words);
      }
      await expectDates(resident, story, row);
    });
  }
}

const OPTIONS = ['danger', 'on_behalf_of', 'consent', 'adjustments', 'home', 'topics',
  'reported_before', 'still_happening', 'outcome', 'contact_way'];

/** Everything that the resident wrote, by field. */
function written(story) {
  return Object.entries(story.answers)
    .filter(([field]) => !OPTIONS.includes(field))
    .map(([field, [words]]) => [field, words]);
}

/** The dates on the screen are those in the database, and those of the landlord's own time limits. */
async function expectDates(resident, story, row) {
  const promised = await deadlines(story.landlord, row.received_on);
  expect(row.acknowledge_by).toBe(promised.acknowledge_by);
  expect(row.respond_by).toBe(promised.stage_1_response_by);
  expect(row.extended_by).toBe(promised.stage_1_extended_by);
  for (const text of [
    say('sent.received', { date: longDate(row.received_on) }),
    say('sent.next.acknowledge', { date: longDate(row.acknowledge_by) }),
    say('sent.next.respond', { date: longDate(row.respond_by) }),
    say('sent.next.extend.text', { date: longDate(row.extended_by) }),
  ]) {
    await expect(resident.screen).toContainText(text);
  }
}
