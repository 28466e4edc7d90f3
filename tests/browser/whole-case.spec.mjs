// One case, from what a resident sends to the final answer: the resident on the landlord's page, the officer on
// the service's own, and a mail server between them.

import { Mailbox } from './support/mailbox.mjs';
import { officersKey } from './support/desk.mjs';
import { action } from './support/hands.mjs';
import { PLAIN, Resident, newWords } from './support/resident.mjs';
import { deadlines, startService } from './support/service.mjs';
import { expect, test } from './support/test.mjs';

const RESIDENT = 'resident@example.org';
const TEAM = 'complaints@example.com';
const OMBUDSMAN = ['Housing Ombudsman', '0300 111 3000', 'www.housing-ombudsman.org.uk'];

const long = (day) => new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' }).format(new Date(day)).replace(',', '');

test('a resident and an officer take a case from sending to the final answer, with every date and every right', async ({ browser }) => {
  test.setTimeout(180_000);
  const mailbox = await Mailbox.open();
  const service = await startService({
    flags: ['--smtp', mailbox.url, '--mail-from', 'housing@example.com', '--team-mail', `halton=${TEAM}`, '--public-url', 'http://127.0.0.1'],
  });
  const home = await browser.newContext({ baseURL: service.url });
  const office = await browser.newContext({ baseURL: service.url, javaScriptEnabled: false });
  try {
    // The resident sends a complaint, and sees it again with its reference and code.
    const resident = new Resident(await home.newPage());
    await resident.opens('/?landlord=halton');
    const account = newWords('There is no heating.');
    const reference = await resident.complains({ ...PLAIN, account: [account], email: [RESIDENT], contact_way: ['email'] });
    const code = (await resident.screen.locator('.code-value').innerText()).trim();
    const row = service.row(reference);
    const promised = await deadlines({ ...row, landlord: 'halton', kind: 'complaint' });
    expect(row).toMatchObject(promised);
    const mails = async (count, ...texts) => {
      await expect.poll(() => mailbox.to(RESIDENT).length, { timeout: 20_000 }).toBe(count);
      const mail = mailbox.to(RESIDENT).at(-1);
      expect(mail.subject).toBe(`Your case ${reference}`);
      for (const text of [reference, ...OMBUDSMAN, ...texts]) expect(mail.text).toContain(text);
      for (const text of OMBUDSMAN) expect(mail.html).toContain(text);
    };
    await mails(1, code, long(promised.acknowledge_by), long(promised.respond_by));
    await expect.poll(() => mailbox.to(TEAM).length).toBe(1);
    expect(mailbox.to(TEAM)[0].text).toContain(reference);
    expect(mailbox.to(TEAM)[0].text).not.toContain(account);
    await resident.presses('see_case');
    await resident.comesTo('case');
    const seesCase = async (...texts) => {
      await resident.hands.press(action('refresh'));
      for (const text of texts) await expect(resident.screen).toContainText(text);
    };
    await seesCase(long(promised.acknowledge_by));

    // The officer acknowledges it on the same day: the answer is due sooner.
    const officer = await office.newPage();
    await officer.goto('/officers');
    await officer.locator('[type=password]').fill(await officersKey(service));
    await officer.locator('form').filter({ has: officer.locator('[type=password]') }).locator('button').click();
    const acts = async (what, fields) => {
      await officer.goto(`/officers/cases/${reference}/${what}`);
      for (const [name, text] of Object.entries(fields)) await officer.locator(`#${name}`).fill(text);
      await officer.locator('main form button').last().click();
      await expect(officer.getByRole('status')).toBeVisible();
    };
    const stage = async (nth) => (await view()).stages[nth - 1];
    const view = async () => (await fetch(new URL(`/v1/cases/${reference}`, service.url), { headers: { authorization: `Bearer ${code}` } })).json();
    const definition = newWords('The heating has been off since Monday.');
    await acts('acknowledge', { text: definition });
    const first = await stage(1);
    expect(first.acknowledgedOn).toBe(row.received_on);
    expect(first.respondBy < promised.respond_by).toBe(true);
    await mails(2, definition, long(first.respondBy));
    await seesCase(definition, long(first.respondBy));

    // It takes longer, with a reason, as long as the Code allows.
    const reason = newWords('We wait for a part.');
    await acts('extend', { until: long(first.extendedBy).replace(/^\w+ /, ''), text: reason });
    expect((await stage(1)).extension).toMatchObject({ until: first.extendedBy, reason });
    await mails(3, reason, long(first.extendedBy));
    await seesCase(reason, long(first.extendedBy));

    // The answer, and stage 2 in one press.
    const answer = newWords('We were late, and the part comes on Monday.');
    await acts('respond', { text: answer });
    await mails(4, answer);
    await seesCase(answer);
    await resident.hands.press(action('stage2'));
    await expect(resident.screen.locator('[data-done]')).toBeFocused();
    const second = await stage(2);
    const final = await deadlines({ ...row, landlord: 'halton', kind: 'stage2', received_on: second.receivedOn });
    expect(second).toMatchObject({ acknowledgeBy: final.acknowledge_by, respondBy: final.respond_by, extendedBy: final.extended_by });
    await mails(5, long(final.acknowledge_by), long(final.respond_by));
    await expect(resident.screen).toContainText(long(final.acknowledge_by));

    // The final answer.
    await acts('acknowledge', { text: newWords('The heating, and that nobody came.') });
    await mails(6, long((await stage(2)).respondBy));
    const last = newWords('We pay you for the cold weeks.');
    await acts('respond', { text: last });
    await mails(7, last);
    await seesCase(last);
    expect(await view()).toMatchObject({ stage: 2, status: 'responded' });
    expect((await view()).history.map((it) => it.what)).toEqual([
      'received', 'acknowledge', 'extend', 'respond', 'ask_for_stage2', 'acknowledge', 'respond',
    ]);
    for (const text of OMBUDSMAN) await expect(resident.screen.locator('[data-rights]')).toContainText(text);
    await expect(resident.screen.locator(action('stage2'))).toHaveCount(0);
  } finally {
    await home.close();
    await office.close();
    await service.close();
    await mailbox.close();
  }
});
