// Shows every screen of the widget there is, each question also with its problems.

import { SUBMIT, action } from './hands.mjs';
import { intercept, landlordFile, signal } from './moments.mjs';
import { PLAIN } from './resident.mjs';

/** The longest way, for somebody else and with danger. */
export const LONGEST = { ...PLAIN, danger: ['yes'], on_behalf_of: ['someone_else'] };

/** Calls `visit(name)` on each screen: `start`, `question:danger`, `question:danger with problems`, … */
export async function tour(resident, address, visit) {
  const { page, screen } = resident;
  const answered = signal();
  await intercept(page, async (route, number) => {
    if (number > 1) return route.continue();
    await answered.given;
    return route.fulfill({ status: 500, body: '' });
  });
  await resident.opens(address);
  for (let pages = 0; (await resident.at()) !== 'check' && pages < 40; pages++) {
    const at = await resident.at();
    await visit(at);
    if (at.startsWith('question:')) await makeProblems(resident, at, visit);
    await resident.skipsOne(LONGEST);
  }
  await visit('check');
  await resident.sends();
  await resident.comesTo('sending');
  await visit('sending');
  answered.give();
  await resident.comesTo('not-sent');
  await visit('not-sent');
  await resident.hands.press(action('retry'));
  await resident.comesTo('sent');
  await visit('sent');
  await page.goBack();
  await screen.getByRole('status').waitFor();
  await visit('sent, and come back to');
  await landlordFile(page, 'not JSON', 200, '*');
  await page.evaluate(() => sessionStorage.clear());
  await resident.opens(address);
  await visit('failed');
}

async function makeProblems(resident, at, visit) {
  const { screen } = resident;
  const email = screen.locator('input[type=email]');
  if (await email.count()) await email.fill('jo');
  const required = ['danger', 'on_behalf_of', 'representative', 'consent', 'home', 'topics', 'reported_before',
    'account', 'outcome', 'identity', 'contact'];
  if (!required.includes(at.slice('question:'.length))) return;
  await screen.locator(SUBMIT).click();
  await screen.locator('[data-errors]').waitFor();
  await visit(`${at} with problems`);
}
