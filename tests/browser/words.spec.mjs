// Whatever a resident writes is kept to the character, shown safely, and never obeyed.

import { readFileSync } from 'node:fs';

import { SUBMIT } from './support/hands.mjs';
import { intercept, landlordFile } from './support/moments.mjs';
import { path } from './support/paths.mjs';
import { PLAIN, newWords, saying } from './support/resident.mjs';
import { expect, test } from './support/test.mjs';
import { say } from './support/words.mjs';

const ATTACK = '"><img src=x onerror=alert(1)><script>alert(2)</script><svg onload=alert(3)>{{alert(4)}}javascript:alert(5)';
const MARKS = 'img, svg, script, iframe, object, embed, style, b, i';

test('100,000 characters are sent and stored whole', async ({ resident, service }) => {
  const start = newWords();
  const account = start + Array.from(' Schimmel – 水 🏚️'.repeat(10_000)).slice(0, 100_000 - start.length).join('');
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

test('markup and script in every field are shown as written, on every page', async ({ resident, page, service }) => {
  const answers = { ...PLAIN, on_behalf_of: ['someone_else'], email: [`a@${ATTACK}`] };
  await resident.opens();
  await resident.skipsTo('check', answers);
  const fields = Object.keys(answers).filter((name) => !['danger', 'email'].includes(name));
  await page.evaluate(() => sessionStorage.clear());
  await resident.opens();
  const attacked = { ...answers };
  const kinds = {};
  while ((await resident.at()) !== 'check') {
    Object.assign(kinds, await resident.fields());
    for (const [name, type] of Object.entries(kinds)) {
      if (fields.includes(name) && type !== 'radio' && type !== 'checkbox') attacked[name] = [name + ATTACK];
    }
    await resident.skipsTo(await resident.at());
    await resident.goesOn(attacked);
    await expect(resident.screen.locator(MARKS)).toHaveCount(0);
  }
  const asText = Object.keys(kinds).filter((name) => attacked[name]?.[0].includes(ATTACK));
  expect(asText.length).toBeGreaterThan(10);
  const checked = await resident.screen.innerText();
  for (const name of asText) expect(checked).toContain(attacked[name][0]);

  await resident.sends();
  const { record } = service.row(await resident.reference());
  const sent = await resident.screen.innerText();
  for (const name of asText) {
    expect(sent).toContain(attacked[name][0]);
    expect(record.answers.find((it) => it.id === name).value).toBe(attacked[name][0]);
  }
  await expect(resident.screen.locator(MARKS)).toHaveCount(0);
});

test('markup and script in the landlord’s file are shown as text', async ({ resident, page }) => {
  const file = JSON.parse(readFileSync(path('landlords/example.json'), 'utf8'));
  file.id = 'halton';
  file.name = `Homes${ATTACK}`;
  file.team = `Team${ATTACK}`;
  file.policy.name = `Policy${ATTACK}`;
  file.urgentPhone = `01632 960999${ATTACK}`;
  for (const channel of file.channels) {
    channel.note = `Note${ATTACK}`;
    if (channel.kind !== 'portal') channel.value = `Value${ATTACK}`;
  }
  await landlordFile(page, JSON.stringify(file));
  await resident.opens();
  for (const name of ['Homes', 'Team', 'Policy', 'Note', 'Value']) {
    await expect(resident.screen).toContainText(name + ATTACK);
  }
  await expect(resident.screen.locator(MARKS)).toHaveCount(0);
  await resident.skipsTo('advice:danger', { ...PLAIN, danger: ['yes'] });
  await expect(resident.screen).toContainText(`01632 960999${ATTACK}`);
  await expect(resident.screen.locator(MARKS)).toHaveCount(0);
});

test('a link in the landlord’s file that runs script opens nothing', async ({ resident, page }) => {
  for (const place of ['privacyUrl', 'policy', 'portal']) {
    const file = JSON.parse(readFileSync(path('landlords/example.json'), 'utf8'));
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
    status: 500, contentType: 'text/html', body: `<html><body>${ATTACK}</body></html>`,
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
    expect(await resident.shown()).toEqual({ account: text ? [text] : [] });
    await resident.goesOn(PLAIN);
    expect(await resident.at()).toBe('question:when');
  });
}

test('every question that needs an answer says so, and every other can be left empty', async ({ resident }) => {
  await resident.opens();
  await resident.skipsTo('question:danger');
  const asked = [];
  const answers = { ...PLAIN, on_behalf_of: ['someone_else'] };
  for (let pages = 0; (await resident.at()) !== 'check' && pages < 40; pages++) {
    const at = await resident.at();
    await resident.continues();
    if ((await resident.at()) === at) {
      asked.push(at);
      const links = resident.screen.locator('[data-errors] a');
      for (const text of await links.allInnerTexts()) expect(text).toMatch(/^[A-Z].*\.$/);
      await expect(resident.screen.locator(SUBMIT)).toHaveCount(1);
      await resident.skipsTo(at);
      await resident.goesOn(answers);
    }
  }
  expect(asked).toEqual(['danger', 'on_behalf_of', 'representative', 'consent', 'home', 'topics', 'reported_before',
    'account', 'outcome', 'identity'].map((key) => `question:${key}`));
});
