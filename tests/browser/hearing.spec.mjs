// The form listens to what a resident writes, when they go on from it: it says whom to phone, who listens, and that
// it can be a complaint. It decides nothing, says it once, and tells the landlord.

import { axe } from './support/axe.mjs';
import { officersKey } from './support/desk.mjs';
import { Keyboard, Mouse, SUBMIT, action } from './support/hands.mjs';
import { PLAIN, Resident, newWords } from './support/resident.mjs';
import { expect, test } from './support/test.mjs';
import { heard } from './support/watch.mjs';
import { say } from './support/words.mjs';

const UNHAPPY = 'The gate is broken and I am fed up with how you treat us.';
const GAS = 'There is a strong smell of gas in the hall.';
const ABUSE = 'The lock is broken because my husband hits me.';
const DESPAIR = 'I want to end my life.';
const CALM = 'The gate at the back squeaks.';

const REQUEST = { ...PLAIN, intent: ['report'], topics: ['other'], choices: { first_report: 'request' } };
const COMPLAINT = { ...PLAIN, intent: ['complain'], topics: ['other'] };
const COMMENT = { ...PLAIN, intent: ['feedback'] };

/** Goes on from the page with these words. */
async function writes(resident, words, answers = REQUEST) {
  const page = { report: 'request', feedback: 'feedback', add: 'addition', stage2: 'stage2' }[answers.intent[0]] ?? 'account';
  await resident.opens();
  await resident.skipsTo(`question:${page}`, answers);
  await resident.answers({ account: [words], effect: [''] });
  await resident.continues();
}

const focused = (page) => page.evaluate(() => {
  let it = document.activeElement;
  while (it?.shadowRoot?.activeElement) it = it.shadowRoot.activeElement;
  return /^h[1-6]$/.test(it.localName) && it.hasAttribute('data-heading') ? 'heading' : it.localName;
});

/** From here to what was sent: the row that the service has. */
async function sendsFrom(resident, service, answers) {
  await resident.skipsTo('check', answers);
  await resident.sends();
  return service.row(await resident.reference());
}

// --- Each advice, by hand --------------------------------------------------------------------------

for (const [by, hands] of Object.entries({ 'a mouse': Mouse, 'the keyboard alone': Keyboard })) {
  test(`a request that sounds unhappy is made a complaint with ${by}, and nothing is asked twice`, async ({ page, service }) => {
    const resident = new Resident(page, { hands });
    const words = newWords(UNHAPPY);
    await writes(resident, words);
    await resident.comesTo('advice:unhappy');
    expect(await focused(page)).toBe('heading');
    await expect(resident.screen).toContainText(say('advice.unhappy.lead'));
    await expect(resident.screen).toContainText('fed up with how you treat us”');
    await resident.presses('choose', 'complaint');
    await resident.comesTo('question:when');
    const path = await resident.goesTo('check', COMPLAINT);
    for (const asked of ['question:account', 'question:topics', 'question:on_behalf_of', 'advice:unhappy']) expect(path).not.toContain(asked);
    const checked = await resident.text();
    expect(checked).toContain(say('advice.unhappy.way.complaint'));
    expect(checked).toContain(words);
    await resident.sends();
    const { kind, record } = service.row(await resident.reference());
    expect(kind).toBe('complaint');
    expect(record.account).toBe(words);
    expect(record.triage.advice.map(({ id, choice }) => [id, choice])).toEqual([['first_report', 'request'], ['unhappy', 'complaint']]);
    expect(record.triage.advice[1].words).toContain('fed up with how you treat us”');
    expect(record.triage.noticed).toMatchObject({ route: 'complaint', dissatisfied: true, hazards: [] });
    expect(record.triage.noticed.because.join()).toContain('fed up');
  });

  test(`a smell of gas has its number and no other, with ${by}, and it goes on`, async ({ page, service }) => {
    const resident = new Resident(page, { hands });
    await writes(resident, GAS, COMPLAINT);
    await resident.comesTo('advice:urgent');
    expect(await focused(page)).toBe('heading');
    await expect(resident.screen).toContainText('smell of gas');
    const phones = resident.screen.locator('.numbers a');
    await expect(phones).toHaveText(['0800 111 999']);
    await expect(resident.screen).toContainText(say('advice.danger.gas.text'));
    await resident.presses('choose', 'carry_on');
    await resident.comesTo('question:when');
    const { record, reference } = await sendsFrom(resident, service, COMPLAINT);
    expect(record.triage.noticed.hazards).toEqual(['gas']);
    expect(record.triage.flags).toContain('heard_gas');
    expect(record.triage.awareAt).toBe(record.submittedAt);
    await seenByAnOfficer(page, service, reference, ['heard_gas']);
  });

  test(`abuse gets the careful page with ${by}: it can be hidden, it quotes nothing, and it goes on`, async ({ page, service }) => {
    const resident = new Resident(page, { hands });
    await writes(resident, ABUSE, COMPLAINT);
    await resident.comesTo('advice:careful');
    expect(await focused(page)).toBe('heading');
    const text = await resident.text();
    for (const said of ['hits me', 'husband', say('advice.urgent.mentioned')]) expect(text).not.toContain(said);
    await expect(resident.screen.locator('.numbers a')).toHaveText(['0808 2000 247', '999', '116 123', '111']);
    await expect(resident.screen.locator('button').first()).toHaveText(say('hide.button'));
    expect(await page.title()).toBe('Complaints – Halton Housing');
    await resident.presses('choose', 'carry_on');
    await resident.comesTo('question:when');
    await expect(resident.screen.locator(action('hide'))).toBeVisible();
    const { record, reference } = await sendsFrom(resident, service, COMPLAINT);
    expect(record.triage.noticed.hazards).toEqual(['domestic_abuse']);
    expect(record.triage.advice).toMatchObject([{ id: 'careful', choice: 'carry_on' }]);
    expect(record.triage.advice[0].words).not.toContain('hits me');
    // Who counts steps is not told which page it was.
    const steps = await heard(page, 'hc-step');
    expect(JSON.stringify(steps)).not.toContain('careful');
    expect(steps.some((it) => it.screen === 'advice' && !it.key)).toBe(true);
    await seenByAnOfficer(page, service, reference, ['heard_domestic_abuse']);
  });
}

test('whoever despairs sees first who listens by day and night', async ({ page, resident }) => {
  await writes(resident, DESPAIR, COMPLAINT);
  await resident.comesTo('advice:careful');
  await expect(resident.screen.locator('.numbers a')).toHaveText(['116 123', '111', '0808 2000 247', '999']);
  expect(await resident.text()).not.toContain('end my life');
  expect(await axe(page)).toEqual([]);
});

test('*Hide this page* on the careful page leaves at once', async ({ page, resident, context }) => {
  await context.route('https://www.bbc.co.uk/weather', (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Rain later</h1>' }));
  await writes(resident, ABUSE);
  await resident.comesTo('advice:careful');
  await resident.hands.press(action('hide'));
  await page.waitForURL('https://www.bbc.co.uk/weather');
});

test('several come one after the other, the most careful first, each once', async ({ resident }) => {
  await writes(resident, [UNHAPPY, ABUSE, GAS].join(' '));
  const path = await resident.goesTo('question:identity', REQUEST);
  expect(path).toEqual(['advice:careful', 'advice:urgent', 'advice:unhappy']);
});

// --- Once, and again for other words ---------------------------------------------------------------

test('what was said is not said again for the same words, and Back leads through it', async ({ page, resident }) => {
  await writes(resident, UNHAPPY);
  await resident.comesTo('advice:unhappy');
  await resident.presses('choose', 'request');
  await resident.comesTo('question:identity');
  await resident.presses('back');
  await resident.comesTo('advice:unhappy');
  await resident.presses('back');
  await resident.comesTo('question:request');
  await resident.continues();
  await resident.comesTo('question:identity');
  await page.goBack();
  await resident.comesTo('question:request');
});

test('other words are read again, and words that are taken back take the advice with them', async ({ resident }) => {
  await writes(resident, CALM);
  await resident.comesTo('question:identity');
  for (const [words, at] of [[GAS, 'advice:urgent'], [UNHAPPY, 'advice:unhappy'], [CALM, 'question:identity']]) {
    while ((await resident.at()) !== 'question:request') await resident.presses('back');
    await resident.answers({ account: [words] });
    await resident.continues();
    await resident.comesTo(at);
    if (at !== 'question:identity') await resident.goesOn(REQUEST);
    await resident.comesTo('question:identity');
  }
});

test('nothing is said while somebody types', async ({ page, resident }) => {
  await resident.opens();
  await resident.skipsTo('question:request', REQUEST);
  await resident.screen.locator('[name=account]').pressSequentially(`${GAS} ${UNHAPPY}`);
  await page.waitForTimeout(300);
  expect(await resident.at()).toBe('question:request');
});

test('a reload in the middle of it brings back the page and the words', async ({ page, resident }) => {
  await writes(resident, `${GAS} ${UNHAPPY}`);
  await resident.comesTo('advice:urgent');
  await page.reload();
  await resident.isOpen();
  await resident.comesTo('advice:urgent');
  await expect(resident.screen).toContainText('smell of gas');
  await resident.presses('choose', 'carry_on');
  await resident.comesTo('advice:unhappy');
  await page.reload();
  await resident.isOpen();
  await resident.comesTo('advice:unhappy');
  await expect(resident.screen).toContainText('fed up with how you treat us”');
  await resident.presses('choose', 'complaint');
  await page.reload();
  await resident.isOpen();
  await resident.comesTo('question:when');
});

test('words that were left with Back are read before they are sent', async ({ resident, service }) => {
  await writes(resident, CALM);
  await resident.skipsTo('check', REQUEST);
  await resident.changes(say('question.request.title'));
  await resident.answers({ account: [GAS] });
  await resident.presses('back');
  await resident.goesTo('advice:urgent', { ...REQUEST, account: undefined });
  const { record } = await sendsFrom(resident, service, { ...REQUEST, account: undefined });
  expect(record.triage.noticed.hazards).toEqual(['gas']);
});

// --- On every way ----------------------------------------------------------------------------------

test('a request that stays one is told to the landlord as what it sounds like', async ({ page, resident, service }) => {
  await writes(resident, UNHAPPY);
  await resident.comesTo('advice:unhappy');
  await resident.presses('choose', 'request');
  const { kind, record, reference } = await sendsFrom(resident, service, REQUEST);
  expect(kind).toBe('service_request');
  expect(record.triage.flags).toEqual(['sounds_unhappy']);
  await seenByAnOfficer(page, service, reference, ['sounds_unhappy']);
});

test('a comment that sounds unhappy can be a complaint, a comment again, and a complaint', async ({ resident, service }) => {
  await writes(resident, UNHAPPY, COMMENT);
  await resident.comesTo('advice:unhappy');
  await resident.presses('choose', 'complaint');
  await resident.comesTo('question:on_behalf_of');
  const path = await resident.goesTo('check', COMPLAINT);
  expect(path).not.toContain('question:account');
  await resident.changes(say('advice.unhappy.title'));
  await resident.comesTo('advice:unhappy');
  await resident.presses('choose', 'feedback');
  await resident.skipsTo('check', COMMENT);
  await resident.changes(say('advice.unhappy.title'));
  await resident.presses('choose', 'complaint');
  await resident.comesTo('check');
  await resident.sends();
  const { kind, record } = service.row(await resident.reference());
  expect(kind).toBe('complaint');
  expect(record.account).toBe(UNHAPPY);
});

test('a complaint is never led away, whatever its words', async ({ resident }) => {
  for (const words of [UNHAPPY, CALM, 'Thank you all, you were great', 'I want stage 2']) {
    await writes(resident, words, COMPLAINT);
    await resident.comesTo('question:when');
    await resident.page.evaluate(() => sessionStorage.clear());
  }
});

for (const intent of ['told', 'add', 'stage2', 'feedback']) {
  test(`a hazard is heard by whoever comes to ${intent}`, async ({ resident, service }) => {
    const answers = { ...PLAIN, topics: ['other'], intent: [intent] };
    await writes(resident, GAS, answers);
    await resident.comesTo('advice:urgent');
    const { record } = await sendsFrom(resident, service, { ...answers, account: [GAS] });
    expect(record.triage.noticed.hazards).toEqual(['gas']);
  });
}

test('whoever said that there is danger has had all the numbers', async ({ resident, service }) => {
  const answers = { ...COMPLAINT, danger: ['yes'] };
  await writes(resident, GAS, answers);
  await resident.comesTo('question:when');
  const { record } = await sendsFrom(resident, service, answers);
  expect(record.triage.noticed.hazards).toEqual(['gas']);
  expect(record.triage.flags).toEqual(expect.arrayContaining(['danger_now', 'heard_gas']));
});

// --- As it looks -----------------------------------------------------------------------------------

const LOOKS = {
  'on a telephone': [320, {}],
  'on a wide screen': [1280, {}],
  'in the dark': [768, { colorScheme: 'dark' }],
  'in colours of their own': [320, { forcedColors: 'active' }],
};

for (const [look, [width, media]] of Object.entries(LOOKS)) {
  test(`axe finds nothing wrong with any advice ${look}, and the two ways are as large as each other`, async ({ page, resident }) => {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia(media);
    await writes(resident, [UNHAPPY, ABUSE, GAS].join(' '));
    for (const name of ['careful', 'urgent', 'unhappy']) {
      await resident.comesTo(`advice:${name}`);
      expect.soft(await axe(page), name).toEqual([]);
      await expect(resident.screen.locator(SUBMIT)).toHaveCount(0);
      if (name !== 'unhappy') await resident.presses('choose', 'carry_on');
    }
    const [one, other] = await resident.screen.locator(action('choose')).evaluateAll((list) => list.map((it) => {
      const { width: wide, height } = it.getBoundingClientRect();
      const { backgroundColor, color, fontWeight } = getComputedStyle(it);
      return { wide, height, backgroundColor, color, fontWeight };
    }));
    expect(one).toEqual(other);
  });
}

// --- The officer's side ----------------------------------------------------------------------------

/** An officer sees these flags at the top of the case, in words. */
async function seenByAnOfficer(page, service, reference, flags) {
  const words = await serviceWords();
  const desk = await page.context().browser().newPage();
  await desk.goto(new URL('/officers', service.url).href);
  await desk.getByLabel(words['officers.sign_in.key'], { exact: true }).fill(await officersKey(service));
  await desk.getByRole('button', { name: words['officers.sign_in.key.send'] }).click();
  await desk.goto(new URL(`/officers/cases/${reference}`, service.url).href);
  for (const flag of flags) await expect(desk.locator('.first')).toContainText(words[`officers.flag.${flag}`]);
  await desk.close();
}

async function serviceWords() {
  const { readFileSync } = await import('node:fs');
  const { path } = await import('./support/paths.mjs');
  return JSON.parse(readFileSync(path('locales/service/en.json'), 'utf8'));
}
