// Shows every screen of the widget there is, each question also with its problems.

import { SUBMIT, action } from './hands.mjs';
import { intercept, landlordFile, signal } from './moments.mjs';
import { PLAIN } from './resident.mjs';

/** The longest way, for somebody else, with danger, and with everything that may keep a landlord from it. */
export const LONGEST = {
  ...PLAIN,
  danger: ['yes'],
  on_behalf_of: ['someone_else'],
  topics: ['repairs', 'heating_water', 'anti_social_behaviour', 'shared_areas', 'council_services'],
  when_aware: ['over_12_months'],
  claim_at_court: ['yes'],
  already_answered: ['yes'],
};

/** Words in which there is something of everything that the form listens for. */
export const EVERYTHING_HEARD = 'I am fed up with how you treat us. There is a strong smell of gas, and water is pouring through the ceiling. My husband hits me.';

/** The other ways: together with the longest they meet every page of every landlord. */
const OTHERS = {
  service_request: { intent: ['report'], on_behalf_of: ['staff'], choices: { first_report: 'request' } },
  group: { intent: ['complain'], on_behalf_of: ['group'] },
  stage2: { intent: ['stage2'], on_behalf_of: ['someone_else'] },
  'stage2 for me': { intent: ['stage2'] },
  addition: { intent: ['add'], on_behalf_of: ['staff'] },
  feedback: { intent: ['feedback'] },
  heard: { intent: ['report'], account: [EVERYTHING_HEARD], choices: { first_report: 'request' } },
};

const REQUIRED = ['site', 'danger', 'intent', 'on_behalf_of', 'staff', 'representative', 'consent', 'topics', 'account',
  'request', 'addition', 'feedback', 'identity', 'contact', 'you', 'you_for_someone', 'you_staff', 'reply'];

/** Calls `visit(name)` once on each screen: `start`, `question:danger`, `question:danger with problems`, … and
 * `check stage2`, `sent stage2` and the like, where it is not about a complaint. */
export async function tour(resident, address, visit) {
  const { page, screen } = resident;
  const seen = new Set();
  const once = async (name) => {
    if (seen.has(name)) return;
    seen.add(name);
    await visit(name);
  };
  const answered = signal();
  await intercept(page, async (route, number) => {
    if (number > 1) return route.continue();
    await answered.given;
    return route.fulfill({ status: 404, body: '' });
  });
  await resident.opens(address);
  await walk(resident, LONGEST, seen, once);
  await once('check');
  await resident.sends();
  await resident.comesTo('sending');
  await once('sending');
  answered.give();
  await resident.comesTo('not-sent');
  await once('not-sent');
  await resident.hands.press(action('retry'));
  await resident.comesTo('sent');
  await once('sent');
  await page.goBack();
  await screen.getByRole('status').waitFor();
  await once('sent, and come back to');

  for (const [kind, answers] of Object.entries(OTHERS)) {
    await resident.opensAnew(address);
    await walk(resident, { ...PLAIN, ...answers }, seen, once);
    if (kind === 'group' || kind === 'stage2 for me' || kind === 'heard') continue;
    await once(`check ${kind}`);
    await resident.sends();
    await resident.comesTo('sent');
    await once(`sent ${kind}`);
  }

  await landlordFile(page, 'not JSON', 200, '*');
  await resident.opensAnew(address);
  await once('failed');
}

/** From the start to the check page, visiting what was not seen before. */
async function walk(resident, answers, seen, visit) {
  for (let pages = 0; pages < 40; pages++) {
    const at = await resident.at();
    if (at === 'check') return;
    if (!seen.has(at)) {
      const unknown = Object.keys(await resident.fields()).filter((name) => !(name in PLAIN) && name !== 'no_reference');
      if (unknown.length) throw new Error(`PLAIN in resident.mjs answers no ${unknown} (${at})`);
      await visit(at);
      if (at.startsWith('question:')) await makeProblems(resident, at, visit);
    }
    await resident.skipsOne(answers);
  }
}

async function makeProblems(resident, at, visit) {
  const { screen } = resident;
  if (!REQUIRED.includes(at.slice('question:'.length))) return;
  const email = screen.locator('input[type=email]');
  if (await email.count()) await email.fill('jo');
  await screen.locator(SUBMIT).click();
  await screen.locator('[data-errors]').waitFor();
  await visit(`${at} with problems`);
}
