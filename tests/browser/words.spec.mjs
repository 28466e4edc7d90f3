// Whatever a resident writes is kept to the character, shown safely, and never obeyed.

import { SUBMIT } from './support/hands.mjs';
import { LANDLORDS } from './support/landlords.mjs';
import { intercept, landlordFile } from './support/moments.mjs';
import { DAYS, LEAST, PLAIN, newWords, saying } from './support/resident.mjs';
import { expect, test } from './support/test.mjs';
import { say } from './support/words.mjs';

const ATTACK = '"><img src=x onerror=alert(1)><script>alert(2)</script><svg onload=alert(3)>{{alert(4)}}javascript:alert(5)';
const MARKS = 'img, svg, script, iframe, object, embed, style, b, i';

test('100,000 characters are sent and stored whole', async ({ resident, service }) => {
  const start = newWords();
  const line = `${' Schimmel – 水 🏚️'.repeat(8)}\n`;
  const account = start + Array.from(line.repeat(1_000)).slice(0, 100_000 - start.length).join('');
  await resident.opens();
  const reference = await resident.complains(saying(account));
  expect(service.row(reference).record.account === account, 'the words are the same').toBe(true);
});

const SCRIPTS = {
  'emoji with joiners': 'Help 👩‍👧‍👦🏚️🇬🇧 e\u0301',
  'right-to-left words': 'הדוד לא עובד, المياه باردة, and English',
  'characters that turn the direction of text': 'abc \u202egnihton\u202c \u2067def\u2069',
  'zero-width characters': '\u200bmo\u200du\u00adld\u2060 and\ufeff',
  'control characters': 'bell\u0007 tab\t escape\u001b[31m null\u0000 next\u0085 line\u2028s\u2029',
  'spaces at both ends': '  \n indented \n\n ',
  'characters outside the basic plane': '𠮷野家 𝔐𝔬𝔲𝔩𝔡',
};

for (const [what, text] of Object.entries(SCRIPTS)) {
  test(`${what} are kept to the character`, async ({ resident, service }) => {
    await resident.opens();
    await resident.skipsTo('check', saying(text, { effect: [text], outcome_own_words: [text] }));
    await resident.sends();
    const { record } = service.row(await resident.reference());
    expect(record.account).toBe(text);
    expect(record.effect).toBe(text);
    expect(record.outcomeOwnWords).toBe(text);
  });
}

const BOXES = {
  'a complaint for someone else': { on_behalf_of: ['someone_else'], when_aware: ['over_12_months'], least: 15 },
  'a request for a group': { intent: ['report'], on_behalf_of: ['group'], choices: { first_report: 'request' }, least: 8 },
  'stage 2, by staff': { intent: ['stage2'], on_behalf_of: ['staff'], least: 5 },
  'a comment': { intent: ['feedback'], least: 3 },
};

for (const [what, { least, ...way }] of Object.entries(BOXES)) {
  test(`markup and script in every field are shown as written, on every page: ${what}`, async ({ resident, service }) => {
    const attacked = { ...PLAIN, ...way, email: [`a@${ATTACK}`] };
    const boxes = ['text', 'textarea', 'tel'];
    const asText = [];
    await resident.opens();
    while ((await resident.at()) !== 'check') {
      for (const [name, type] of Object.entries(await resident.fields())) {
        if (!boxes.includes(type) || DAYS.includes(name)) continue;
        attacked[name] = [name + ATTACK];
        asText.push(name);
      }
      await resident.goesOn(attacked);
      await expect(resident.screen.locator(MARKS)).toHaveCount(0);
    }
    expect(asText.length).toBeGreaterThanOrEqual(least);
    const checked = await resident.text();
    for (const name of asText) expect(checked).toContain(attacked[name][0]);

    await resident.sends();
    const { record } = service.row(await resident.reference());
    const sent = await resident.text();
    for (const name of asText) {
      expect(sent).toContain(attacked[name][0]);
      expect(record.answers.find((it) => it.id === name).value).toBe(attacked[name][0]);
    }
    await expect(resident.screen.locator(MARKS)).toHaveCount(0);
  });
}

test('markup and script in the landlord’s file are shown as text', async ({ resident, page }) => {
  const file = structuredClone(LANDLORDS.example);
  const marked = (text) => text + ATTACK;
  Object.assign(file, {
    id: 'halton', name: marked('Homes'), team: marked('Team'), policy: { name: marked('Policy') },
    words: { resident: marked('One'), residents: marked('Many') }, documents: [{ name: marked('Paper') }],
    urgentPhone: marked('01632 960999'), formats: marked('Formats'), notes: [marked('Told')],
    requests: { kind: 'phone', value: marked('01632 960002'), note: marked('Repairs') },
    stage2: { by: marked('By'), askWithin: marked('Within') },
    topics: [{ topic: 'repairs', responsibility: 'shared', note: marked('Shared') }],
    recipients: [{ name: marked('Contractor'), topics: ['repairs'] }],
  });
  for (const channel of file.channels) {
    channel.note = marked('Note');
    if (channel.kind !== 'portal') channel.value = marked('Value');
  }
  await landlordFile(page, JSON.stringify(file));
  const danger = { ...PLAIN, danger: ['yes'] };
  const shown = [
    [PLAIN, 'start', ['Homes', 'Team', 'Policy', 'Paper', 'Note', 'Value', 'Many', 'Formats', 'Told']],
    [danger, 'advice:danger', ['01632 960999']],
    [{ ...danger, intent: ['report'] }, 'advice:first_report', ['01632 960002', 'Repairs']],
    [PLAIN, 'question:on_behalf_of', ['One']],
    [PLAIN, 'question:adjustments', ['Formats']],
    [PLAIN, 'advice:responsibility', ['Shared']],
    [PLAIN, 'check', ['Contractor']],
    [{ ...PLAIN, intent: ['stage2'] }, 'question:stage2', ['Within']],
  ];
  await resident.opens();
  for (const [answers, address, texts] of shown) {
    await resident.opensAnew();
    await resident.skipsTo(address, answers);
    for (const text of texts) await expect(resident.screen).toContainText(marked(text));
    await expect(resident.screen.locator(MARKS)).toHaveCount(0);
  }
  await resident.skipsTo('check', { ...PLAIN, intent: ['stage2'] });
  await resident.sends();
  await resident.comesTo('sent');
  await expect(resident.screen).toContainText(marked('By'));
  await expect(resident.screen.locator(MARKS)).toHaveCount(0);
});

test('a link in the landlord’s file that runs script opens nothing', async ({ resident, page }) => {
  for (const place of ['privacyUrl', 'policy', 'portal']) {
    const file = structuredClone(LANDLORDS.example);
    file.id = 'halton';
    if (place === 'privacyUrl') file.privacyUrl = 'javascript:alert(1)';
    if (place === 'policy') file.policy.url = ' java\nscript:alert(1)';
    if (place === 'portal') file.channels.find((it) => it.kind === 'portal').value = 'javascript:alert(1)';
    await page.unroute('**/landlords/halton.json');
    await landlordFile(page, JSON.stringify(file));
    await resident.opens();
    const schemes = await resident.screen.locator('a').evaluateAll((list) => list.map((it) => it.protocol));
    expect(schemes.length).toBeGreaterThan(0);
    for (const scheme of schemes) expect(['http:', 'https:', 'tel:', 'mailto:']).toContain(scheme);
  }
});

test('markup and script in the service’s answer are shown as text', async ({ resident, page }) => {
  await intercept(page, (route) => route.fulfill({
    status: 201,
    json: { reference: `K47${ATTACK}`, accessCode: `1234${ATTACK}`, stage: 1, receivedOn: '2026-11-21', acknowledgeBy: ATTACK },
  }));
  await resident.opens();
  const reference = await resident.complains();
  expect(reference).toBe(`K47${ATTACK}`);
  await expect(resident.screen).toContainText(`1234${ATTACK}`);
  await expect(resident.screen.locator(MARKS)).toHaveCount(0);
});

test('a refusal full of markup is not shown as markup', async ({ resident, page }) => {
  await intercept(page, (route) => route.fulfill({
    status: 404, contentType: 'text/html', body: `<html><body>${ATTACK}</body></html>`,
  }));
  await resident.opens();
  await resident.skipsTo('check');
  await resident.sends();
  await resident.comesTo('not-sent');
  await expect(resident.screen.locator(MARKS)).toHaveCount(0);
});

const NOTHING = { 'nothing at all': '', 'spaces and line ends': ' \n\t \n', 'characters that nobody sees': '\u200b\u00a0\ufeff\u2060' };

for (const [what, text] of Object.entries(NOTHING)) {
  test(`${what} instead of an answer is asked for again, in words that help`, async ({ resident }) => {
    await resident.opens();
    await resident.skipsTo('question:account');
    await resident.answers({ account: [text] });
    await resident.continues();
    expect(await resident.at()).toBe('question:account');
    await expect(resident.screen.locator('[data-errors]')).toContainText(say('problem.account.missing'));
    expect(await resident.shown()).toEqual({ account: text ? [text] : [], effect: [] });
    await resident.goesOn(PLAIN);
    expect(await resident.at()).toBe('question:when');
  });
}

const NEEDED = {
  'a complaint for someone else': [{ intent: ['told'], on_behalf_of: ['someone_else'] },
    'on_behalf_of representative consent topics account identity'],
  'a complaint of a group': [{ intent: ['complain'], on_behalf_of: ['group'] }, 'on_behalf_of topics account identity'],
  'a request, by staff': [{ intent: ['report'], on_behalf_of: ['staff'], choices: { first_report: 'request' } },
    'on_behalf_of staff topics request identity'],
  'stage 2': [{ intent: ['stage2'] }, 'on_behalf_of you'],
  'stage 2 for someone else': [{ intent: ['stage2'], on_behalf_of: ['someone_else'] }, 'on_behalf_of you_for_someone'],
  'an addition, by staff': [{ intent: ['add'], on_behalf_of: ['staff'] }, 'on_behalf_of addition you_staff'],
  'a comment': [{ intent: ['feedback'] }, 'feedback'],
};

for (const [what, [way, needed]] of Object.entries(NEEDED)) {
  test(`every question that needs an answer says so, and every other can be left empty: ${what}`, async ({ resident }) => {
    await resident.opens('/?landlord=south-and-vale');
    await resident.starts();
    const asked = [];
    const answers = { ...LEAST, ...way };
    for (let pages = 0; (await resident.at()) !== 'check' && pages < 40; pages++) {
      const at = await resident.at();
      if (at.startsWith('advice:')) {
        await resident.goesOn(answers);
        continue;
      }
      await resident.continues();
      if ((await resident.at()) !== at) continue;
      asked.push(at.slice('question:'.length));
      const links = resident.screen.locator('[data-errors] a');
      for (const text of await links.allInnerTexts()) expect(text).toMatch(/^[A-Z].*\.$/);
      await expect(resident.screen.locator(SUBMIT)).toHaveCount(1);
      await resident.goesOn(answers);
    }
    expect(asked.join(' ')).toBe(`site danger intent ${needed}`);
  });
}
