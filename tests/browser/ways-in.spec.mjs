// Whatever somebody wants to do, it becomes the right record, and one thing can become another.

import { Keyboard, Mouse, action } from './support/hands.mjs';
import { intercept, withoutPauses } from './support/moments.mjs';
import { LANDLORDS, wordsOf } from './support/landlords.mjs';
import { expectReceipt } from './support/receipt.mjs';
import { LEAST, Resident, newWords, saying } from './support/resident.mjs';
import { expect, test } from './support/test.mjs';
import { heard } from './support/watch.mjs';
import { say } from './support/words.mjs';

// --- Every way in --------------------------------------------------------------------------------

const WAYS = {
  'something that needs doing': {
    intent: 'report', way: 'request', kind: 'service_request',
    path: 'danger intent advice:first_report on_behalf_of adjustments disability topics request identity contact',
  },
  'something that needs doing, and unhappy about it': {
    intent: 'report', way: 'complaint', kind: 'complaint',
    path: 'danger intent advice:first_report on_behalf_of adjustments disability topics account when outcome exclusions identity contact',
  },
  'something that was told before': {
    intent: 'told', kind: 'complaint',
    path: 'danger intent on_behalf_of adjustments disability topics report account when outcome exclusions identity contact',
  },
  'something to complain about': {
    intent: 'complain', kind: 'complaint',
    path: 'danger intent on_behalf_of adjustments disability topics account when outcome exclusions identity contact',
  },
  'something to add': { intent: 'add', kind: 'addition', path: 'danger intent on_behalf_of addition you' },
  'an answer that was not good enough': { intent: 'stage2', kind: 'stage2', path: 'danger intent on_behalf_of stage2 you' },
  'a thank-you': { intent: 'feedback', kind: 'feedback', path: 'danger intent feedback reply' },
};

// Rugby counts from the day of receipt, and answers stage 2 sooner than the Code asks.
const HANDS = [['a mouse', Mouse, 'halton'], ['the keyboard alone', Keyboard, 'rugby']];

for (const [what, { intent, way, kind, path }] of Object.entries(WAYS)) {
  for (const [with_, hands, landlord] of HANDS) {
    test(`${what} becomes a record of its kind (${kind}), with ${with_}`, async ({ page, service }) => {
      const resident = new Resident(page, { hands });
      const account = newWords('The gate squeaks');
      const answers = { ...LEAST, intent: [intent], account: [account], choices: { first_report: way } };
      await resident.opens(`/?landlord=${landlord}`);
      const met = await resident.goesTo('check', answers);
      expect(met.slice(1).map((at) => at.replace('question:', '')).join(' ')).toBe(path);
      await resident.sends();
      const row = await expectReceipt(resident, service, { kind });
      expect(row).toMatchObject({ landlord, record: { intent, danger: 'no' } });
      expect(row.record[kind === 'stage2' ? 'reasons' : 'account']).toBe(account);
      expect(await heard(page, 'hc-submitted')).toEqual([{
        reference: row.reference, kind, stage: row.stage, receivedOn: row.received_on, acknowledgeBy: row.acknowledge_by ?? undefined,
      }]);
      expect((await heard(page, 'hc-step')).at(-1)).toEqual({ screen: 'sent', key: undefined, route: kind });
    });
  }
}

// --- Deep links and surveys ------------------------------------------------------------------------

const STARTS = {
  complaint: ['complain', 'complaint'],
  report: ['report', 'service_request'],
  add: ['add', 'addition'],
  stage2: ['stage2', 'stage2'],
  feedback: ['feedback', 'feedback'],
};

for (const [start, [intent, kind]] of Object.entries(STARTS)) {
  test(`a link with start=${start} leads there without asking what for, and back`, async ({ resident, service }) => {
    await resident.opens(`/?start=${start}`);
    const met = await resident.skipsTo('check', { ...LEAST, intent: ['told'] });
    expect(met).not.toContain('question:intent');
    await resident.presses('back');
    for (let pages = met.length - 2; pages >= 0; pages--) {
      await resident.presses('back');
      await resident.comesTo(met[pages]);
    }
    await resident.skipsTo('check', LEAST);
    await resident.sends();
    const row = await expectReceipt(resident, service, { kind });
    expect(row.record.intent).toBe(intent);
  });
}

test('a link to something that does not exist asks what for', async ({ resident }) => {
  await resident.opens('/?start=party');
  expect(await resident.skipsTo('check', LEAST)).toContain('question:intent');
});

test('who was led to stage 2 can still make it a complaint', async ({ resident, service }) => {
  await resident.opens('/?start=stage2');
  const account = newWords();
  await resident.skipsTo('check', { ...LEAST, account: [account] });
  await resident.changes(say('question.intent.title'));
  await resident.answers({ intent: ['complain'] });
  await resident.continues();
  const row = service.row(await resident.complains({ ...LEAST, account: [account] }));
  expect(row).toMatchObject({ kind: 'complaint', record: { intent: 'complain', account } });
});

test('who comes from a survey is told that an answer there is not a complaint, and the landlord is told where from', async ({ resident, service }) => {
  await resident.opens('/?source=survey');
  await expect(resident.screen).toContainText(say('start.lead.survey'));
  for (const intent of ['complain', 'feedback']) {
    await resident.opensAnew('/?source=survey');
    const row = service.row(await resident.complains({ ...LEAST, intent: [intent] }));
    expect(row.record.source).toBe('survey');
  }
  await resident.opensAnew('/');
  await expect(resident.screen).not.toContainText(say('start.lead.survey'));
});

// --- A first report: a request or a complaint -------------------------------------------------------

for (const landlord of ['halton', 'example']) {
  for (const width of [320, 1280]) {
    test(`the two ways of a first report look the same at ${width} pixels, at ${landlord}`, async ({ resident, page }) => {
      await page.setViewportSize({ width, height: 800 });
      await resident.opens(`/?landlord=${landlord}`);
      await resident.skipsTo('advice:first_report', { ...LEAST, intent: ['report'] });
      const ways = await resident.screen.locator(action('choose')).evaluateAll((list) => list.map((it) => {
        const { width, height } = it.getBoundingClientRect();
        const looks = (one) => Object.fromEntries([...getComputedStyle(one)].map((name) => [name, getComputedStyle(one)[name]]));
        const text = it.parentElement.querySelector('p');
        return { way: it.dataset.value, width, height, button: looks(it), text: getComputedStyle(text).font + getComputedStyle(text).color };
      }));
      expect(ways.map((it) => it.way)).toEqual(['request', 'complaint']);
      const [request, complaint] = ways;
      expect(Math.abs(request.width - complaint.width), 'width').toBeLessThanOrEqual(1);
      expect(Math.abs(request.height - complaint.height), 'height').toBeLessThanOrEqual(1);
      expect(complaint.button).toEqual(request.button);
      expect(complaint.text).toBe(request.text);
    });
  }
}

for (const [way, kind] of [['request', 'service_request'], ['complaint', 'complaint']]) {
  test(`whoever reports something for the first time and chooses ${way} knows what it means, and the record shows it`, async ({ resident, service }) => {
    await resident.opens('/?landlord=example');
    const answers = { ...LEAST, intent: ['report'], choices: { first_report: way } };
    await resident.skipsTo('advice:first_report', answers);
    const words = ['title', 'lead', 'way.request', 'way.request.text', 'way.complaint', 'way.complaint.text']
      .map((part) => say(`advice.first_report.${part}`));
    for (const text of words) await expect(resident.screen).toContainText(text);
    await expect(resident.screen).toContainText(/work .*goes on/);
    const { value, note } = LANDLORDS.example.requests;
    await expect(resident.screen).toContainText(value);
    await expect(resident.screen).toContainText(note);

    const row = service.row(await resident.complains(answers));
    expect(row.kind).toBe(kind);
    expect(row.record.triage.advice).toMatchObject([{ id: 'first_report', choice: way }]);
    for (const text of words) expect.soft(row.record.triage.advice[0].words).toContain(text);
  });
}

// --- One thing becomes another ----------------------------------------------------------------------

const REQUEST = { intent: ['report'], choices: { first_report: 'request' } };

/** Presses the one button that makes a complaint of what was sent, and waits for its receipt. */
async function complainsToo(resident, press) {
  const before = await resident.reference();
  await press();
  await expect.poll(async () => (await resident.at()) === 'sent' && (await resident.reference()) !== before).toBe(true);
  return resident.reference();
}

for (const landlord of Object.keys(LANDLORDS)) {
  test(`a request becomes a complaint that is linked to it in one press, at ${landlord}`, async ({ resident, service }) => {
    const account = newWords();
    await resident.opens(`/?landlord=${landlord}`);
    const request = service.row(await resident.complains(saying(account, REQUEST)));
    await expect(resident.screen).toContainText(say('sent.complain.service_request'));
    const reference = await complainsToo(resident, () => resident.hands.press(action('make_complaint')));
    const complaint = await expectReceipt(resident, service, { kind: 'complaint' });
    expect(complaint.reference).toBe(reference);
    expect(reference).not.toBe(request.reference);
    expect(complaint.idempotency_key_hash).not.toEqual(request.idempotency_key_hash);
    expect(complaint.record).toMatchObject({
      intent: 'told', account, serviceRequestRef: request.reference, serviceRequestOpen: true,
      topics: request.record.topics, resident: request.record.resident, contact: request.record.contact,
      adjustments: request.record.adjustments,
    });
    expect(complaint.record.triage.flags).toContain('service_request_open');
    expect(JSON.parse(complaint.flags)).toContain('service_request_open');
    expect(service.row(request.reference), 'the request stays as it was').toEqual(request);
    expect(service.rowsAbout(account)).toHaveLength(2);
  });
}

test('a request that was sent can become a complaint after a reload, and a double press makes one', async ({ resident, page, service }) => {
  const account = newWords();
  await resident.opens();
  const request = await resident.complains(saying(account, REQUEST));
  await page.reload();
  await resident.comesTo('sent');
  await complainsToo(resident, () => resident.screen.locator(action('make_complaint')).dblclick());
  const rows = service.rowsAbout(account);
  expect(rows.map((row) => row.kind)).toEqual(['service_request', 'complaint']);
  expect(rows[1].record.serviceRequestRef).toBe(request);
});

test('a request that becomes a complaint while the service is away loses nothing', async ({ resident, page, service }) => {
  const account = newWords();
  let isAway = true;
  await intercept(page, (route, number) => (number >= 2 && isAway ? route.fulfill({ status: 503, body: '' }) : route.continue()));
  await withoutPauses(page);
  await resident.opens();
  const request = await resident.complains(saying(account, REQUEST));
  await resident.hands.press(action('make_complaint'));
  await resident.comesTo('not-sent');
  await page.reload();
  await resident.comesTo('not-sent');
  isAway = false;
  await resident.hands.press(action('retry'));
  const row = await expectReceipt(resident, service, { kind: 'complaint' });
  expect(row.record).toMatchObject({ account, serviceRequestRef: request });
});

test('a comment can be made a complaint before it is sent, and keeps its words', async ({ resident, service }) => {
  const account = newWords('You never came');
  await resident.opens();
  await resident.skipsTo('question:feedback', { ...LEAST, intent: ['feedback'] });
  await expect(resident.screen).toContainText(say('feedback.complaint'));
  await resident.answers({ account: [account], feedback_kind: ['comment'] });
  await resident.presses('make_complaint');
  const met = await resident.skipsTo('check', { ...LEAST, account: undefined });
  expect(met[0]).toBe('question:on_behalf_of');
  expect(met).toContain('question:account');
  await resident.sends();
  const row = await expectReceipt(resident, service, { kind: 'complaint' });
  expect(row.record).toMatchObject({ intent: 'complain', account });
  expect(row.record.feedbackKind).toBeUndefined();
  expect(service.rowsAbout(account)).toHaveLength(1);
});

test('a comment can be made a complaint after it was sent, and keeps its words', async ({ resident, service }) => {
  const account = newWords('You never came');
  await resident.opens('/?start=feedback');
  const comment = await resident.complains({ ...LEAST, account: [account] });
  await resident.presses('make_complaint');
  await resident.skipsTo('check', { ...LEAST, account: undefined });
  await resident.sends();
  const row = await expectReceipt(resident, service, { kind: 'complaint' });
  expect(row.reference).not.toBe(comment);
  expect(service.rowsAbout(account).map((it) => it.kind)).toEqual(['feedback', 'complaint']);
});

test('a complaint offers nothing to make of it', async ({ resident }) => {
  for (const intent of ['complain', 'stage2', 'add']) {
    await resident.opens('/');
    await resident.complains({ ...LEAST, intent: [intent] });
    await expect(resident.screen.locator(action('make_complaint'))).toHaveCount(0);
    await resident.opensAnew('/');
  }
});

test('what was sent stays in the tab until it is cleared, and then nothing of it is left', async ({ resident, page, trouble }) => {
  const account = newWords();
  await resident.opens();
  const reference = await resident.complains(saying(account));
  const kept = () => page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }]));
  // Encrypted: only a mark says that there is something.
  expect(await kept()).not.toContain(account);
  expect(await kept()).not.toBe('[{},{}]');
  await page.reload();
  expect(await resident.reference()).toBe(reference);
  await expect(resident.screen).toContainText(account);
  trouble.answer[say('confirm.again')] = true;
  await resident.presses('again');
  await expect.poll(kept).toBe('[{},{}]');
  await page.reload();
  await resident.comesTo('start');
  await expect(resident.screen.locator(action('clear'))).toHaveCount(0);
});

test('words about a request are said of a request, from the check page to the receipt', async ({ resident }) => {
  await resident.opens('/?landlord=example');
  const words = wordsOf('example');
  await resident.skipsTo('check', { ...LEAST, ...REQUEST });
  await expect(resident.screen).toContainText(say('check.lead.service_request', words));
  await expect(resident.screen.locator('button[type=submit]')).toHaveText(say('action.send.service_request'));
  await expect(resident.screen.locator('[data-rights]')).toContainText(say('rights.at.service_request'));
  await resident.sends();
  await resident.reference();
  await expect(resident.screen).toContainText(say('sent.next.request.unhappy.text'));
  await expect(resident.screen.locator('[data-rights]')).toContainText(say('rights.sent.service_request'));
});
