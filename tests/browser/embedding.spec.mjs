// In the page of a landlord: one tag, on another origin, under the strictest policy, beside whatever
// else is there.

import { test as base, expect } from './support/elsewhere.mjs';
import { strictest } from './support/host-page.mjs';
import { TRIES, intercept, withoutPauses } from './support/moments.mjs';
import { PLAIN, Resident, newWords, saying } from './support/resident.mjs';
import { heard } from './support/watch.mjs';
import { say } from './support/words.mjs';

const test = base.extend({
  /** Puts this into the website's page, under the strictest policy, and opens it. */
  embed: async ({ elsewhere, page }, use) => {
    const { site, widget } = elsewhere;
    await use(async (body, { policy = strictest(widget) } = {}) => {
      site.body = body;
      site.policy = policy;
      await page.goto(site.origin);
    });
  },
});

const script = (widget) => `${widget}/housing-complaint/v1/housing-complaint.js`;
const shownAs = (account) => ({ account: [account], effect: [] });
const tag = (widget, landlord = 'halton', more = '') =>
  `<housing-complaint landlord="${widget}/landlords/${landlord}.json" endpoint="${widget}/v1/submissions" ${more}></housing-complaint>`;

// --- One tag ------------------------------------------------------------------------------------

test('one script tag on another website, under the strictest policy, is enough for a whole complaint', async ({ embed, elsewhere, resident, page, context }) => {
  const { service, widget, site } = elsewhere;
  const asked = [];
  context.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await embed(`<main><script src="${script(widget)}" data-landlord="${widget}/landlords/halton.json"
    data-endpoint="${widget}/v1/submissions" async></script></main>`);
  await resident.isOpen();
  const account = newWords();
  await resident.skipsTo('check', saying(account));

  expect(asked.filter((it) => it.startsWith('POST'))).toEqual([]);
  for (const path of asked) {
    expect(path).toMatch(/^GET (\/|\/housing-complaint\/v1\/housing-complaint(\.js|(-later)?\.[0-9a-f]+\.wasm)|\/housing-complaint\/v1\/locales\/en((-later)?\.[0-9a-f]+\.json|-model\.[0-9a-f]+\.txt)|\/landlords\/halton\.json|\/v1\/capabilities)$/);
  }
  await resident.sends();
  const reference = await resident.reference();
  expect(service.row(reference).record.account).toBe(account);

  expect(await context.cookies()).toEqual([]);
  expect(await page.evaluate(() => [localStorage.length, document.cookie])).toEqual([0, '']);
  expect(page.url()).toBe(`${site.origin}/`);
  expect(await page.title()).toBe('Our complaints page');
  expect(await page.evaluate(() => document.querySelector('script').nextElementSibling.localName)).toBe('housing-complaint');
});

test('the tag gives its settings to an element that is in the page already, wherever that is', async ({ embed, elsewhere, resident, page }) => {
  const { widget } = elsewhere;
  await embed(`<housing-complaint><p>Phone us.</p></housing-complaint><hr>
    <script src="${script(widget)}" data-landlord="${widget}/landlords/example.json" data-heading-level="4"></script>`);
  await resident.isOpen();
  expect(await page.locator('housing-complaint').count()).toBe(1);
  await expect(resident.screen.getByRole('heading', { level: 4 })).toHaveText(say('start.title', { landlord: 'Example Homes' }));
});

for (const where of ['in the head', 'before the element']) {
  test(`a tag ${where} finds the element that is read later, and without one it makes one that is seen`, async ({ embed, elsewhere, resident, page }) => {
    const { widget } = elsewhere;
    const own = `<script src="${script(widget)}" data-landlord="${widget}/landlords/example.json" async></script>`;
    for (const element of ['<main><housing-complaint><p>Phone us.</p></housing-complaint></main>', '<p>No element.</p>']) {
      await embed(`${where === 'in the head' ? own : `<body>${own}`}<!-- later -->${element}`);
      await resident.isOpen();
      await expect(page.locator('housing-complaint')).toHaveCount(1);
      await resident.comesTo('start');
      await expect(resident.screen.locator('[data-action=start]')).toBeVisible();
      const parent = await page.evaluate(() => document.querySelector('housing-complaint').parentElement.localName);
      expect(parent).toBe(element.startsWith('<main') ? 'main' : 'body');
    }
  });
}

test('what a script sets before the element is defined counts', async ({ embed, elsewhere, resident, page }) => {
  const { widget } = elsewhere;
  await page.addInitScript((landlord) => {
    addEventListener('readystatechange', () => {
      Object.assign(document.querySelector('housing-complaint'), { landlord, headingLevel: '4' });
    }, { capture: true, once: true });
  }, `${widget}/landlords/example.json`);
  await embed(`<housing-complaint></housing-complaint><script src="${script(widget)}" defer></script>`);
  await resident.isOpen();
  await expect(resident.screen.getByRole('heading', { level: 4 })).toBeVisible();
  await page.evaluate(() => { document.querySelector('housing-complaint').headingLevel = null; });
  await expect(resident.screen.getByRole('heading', { level: 2 })).toBeVisible();
});

test('a website that the service does not know is told so, and nothing is lost', async ({ embed, elsewhere, resident, page, trouble, service }) => {
  const stranger = service.url.slice(0, -1);
  expect(stranger).not.toBe(elsewhere.widget);
  await embed(`${tag(stranger)}<script src="${script(stranger)}"></script>`, { policy: strictest(stranger) });
  await resident.isOpen();
  const account = newWords();
  await resident.skipsTo('check', saying(account));
  await page.evaluate(() => { Math.random = () => 0; });
  await resident.sends();
  await resident.comesTo('not-sent');
  await expect(resident.screen).toContainText(say('not_sent.kept'));
  expect(service.rowsAbout(account)).toEqual([]);
  expect([...trouble]).toEqual([]);
  expect((await heard(page, 'hc-submit-failed'))).toEqual([{ status: 0, retryable: true }]);
});

// --- Files that were tampered with ---------------------------------------------------------------

test('a widget file that is not the one of the build is refused', async ({ resident, page }) => {
  await page.route('**/*.wasm', async (route) => {
    const response = await route.fetch();
    const body = Buffer.concat([await response.body(), Buffer.from([0])]);
    await route.fulfill({ response, body, headers: { ...response.headers(), 'content-encoding': '' } });
  });
  await resident.opens();
  await resident.comesTo('failed');
  await expect(resident.screen.locator('[data-rights]')).toContainText('0300 111 3000');
  expect(await heard(page, 'hc-error')).toEqual([{ code: 'wasm_failed' }]);
});

// --- Events -------------------------------------------------------------------------------------

test('the page hears each step, and nothing personal', async ({ resident, page, service }) => {
  await intercept(page, (route, number) =>
    (number <= TRIES ? route.fulfill({ status: 503, body: '' }) : route.continue()));
  await withoutPauses(page);
  await resident.opens();
  await resident.skipsTo('check');
  await resident.sends();
  await resident.comesTo('not-sent');
  await resident.presses('retry');
  const row = service.row(await resident.reference());

  const all = await heard(page);
  expect(all[0]).toEqual({ name: 'hc-ready', on: 'housing-complaint', detail: { version: await page.evaluate(() => window.HousingComplaint.version) } });
  expect(await heard(page, 'hc-submit-failed')).toEqual([{ status: 503, retryable: true }]);
  expect(await heard(page, 'hc-submitted')).toEqual([{
    reference: row.reference, kind: 'complaint', stage: 1, receivedOn: row.received_on, acknowledgeBy: row.acknowledge_by,
  }]);
  const steps = await heard(page, 'hc-step');
  expect(steps.length).toBeGreaterThan(15);
  for (const step of steps) {
    expect(Object.keys(step).sort()).toEqual(['key', 'route', 'screen']);
    expect(step.route).toBe('complaint');
  }
  const text = JSON.stringify(all);
  for (const values of Object.values(PLAIN)) {
    for (const value of values) {
      if (value.length > 8) expect(text).not.toContain(JSON.stringify(value).slice(1, -1));
    }
  }
});

test('each step is heard once, when it is taken, with the way on which it is', async ({ resident, page }) => {
  await resident.opens();
  await resident.skipsTo('question:intent');
  for (const intent of ['report', 'stage2', 'feedback', 'add']) await resident.answers({ intent: [intent] });
  await resident.continues();
  const steps = (await heard(page, 'hc-step')).map(({ screen, key, route }) => [screen, key, route].filter(Boolean).join(' '));
  expect(steps).toEqual(['start complaint', 'question danger complaint', 'question intent complaint', 'question on_behalf_of addition']);
});

// --- Several, moved, removed, changed -------------------------------------------------------------

test('two forms on one page know nothing of each other', async ({ embed, elsewhere, page }) => {
  const { widget, service } = elsewhere;
  await embed(`${tag(widget, 'halton', 'id="one"')}${tag(widget, 'example', 'id="two"')}<script src="${script(widget)}"></script>`);
  const [one, two] = ['#one', '#two'].map((within) => new Resident(page, { within }));
  await one.isOpen();
  await two.isOpen();
  const [mine, theirs] = [newWords(), newWords()];
  await one.skipsTo('question:topics', saying(mine));
  expect(await two.at()).toBe('start');
  await two.skipsTo('question:danger', saying(theirs));
  expect(await two.shown()).toEqual({ danger: [] });
  await two.skipsTo('check', saying(theirs));
  await one.skipsTo('check', saying(mine));
  await one.sends();
  await two.sends();
  const rows = [service.row(await one.reference()), service.row(await two.reference())];
  expect(rows.map((row) => [row.landlord, row.record.account])).toEqual([['halton', mine], ['example', theirs]]);
});

test('two forms for the same landlord keep their answers apart, also over a reload', async ({ embed, elsewhere, page }) => {
  const { widget } = elsewhere;
  await embed(`<div id="a">${tag(widget)}</div><div id="b">${tag(widget)}</div><script src="${script(widget)}"></script>`);
  const [one, two] = ['#a housing-complaint', '#b housing-complaint'].map((within) => new Resident(page, { within }));
  await one.isOpen();
  await two.isOpen();
  await one.skipsTo('question:account', saying('mine'));
  await one.answers({ account: ['mine'] });
  await two.skipsTo('question:account', saying('theirs'));
  await two.answers({ account: ['theirs'] });
  await page.reload();
  await one.isOpen();
  await two.isOpen();
  expect([await one.shown(), await two.shown()]).toEqual([shownAs('mine'), shownAs('theirs')]);
});

test('a form that the page moves elsewhere keeps its place and its words', async ({ resident, page }) => {
  await resident.opens();
  await resident.skipsTo('question:account');
  await resident.answers({ account: ['half a sent'] });
  await page.evaluate(() => {
    sessionStorage.clear();
    document.querySelector('footer').append(document.querySelector('housing-complaint'));
  });
  expect(await resident.at()).toBe('question:account');
  expect(await resident.shown()).toEqual(shownAs('half a sent'));
  await resident.hands.write('account', 'half a sentence');
  await resident.continues();
  await resident.comesTo('question:when');
  expect(await heard(page, 'hc-ready')).toHaveLength(1);
});

test('a form that is taken away is gone, and is as it was when it comes back', async ({ resident, page }) => {
  await resident.opens();
  await resident.skipsTo('question:account');
  await resident.answers({ account: ['half a sent'] });
  await page.evaluate(() => {
    window.kept = document.querySelector('housing-complaint');
    window.kept.remove();
  });
  await expect.poll(() => page.evaluate(() => window.kept.shadowRoot.querySelector('[data-screen]'))).toBe(null);
  const before = (await heard(page)).length;
  await page.goBack();
  await page.goForward();
  expect(await heard(page)).toHaveLength(before);
  await page.evaluate(() => document.querySelector('main').append(window.kept));
  await resident.isOpen();
  expect(await resident.shown()).toEqual(shownAs('half a sent'));
});

test('a script can put the form into a page, change it, and take it away', async ({ resident, page }) => {
  await resident.opens();
  const within = '#here housing-complaint';
  await page.evaluate(() => {
    const here = document.createElement('div');
    here.id = 'here';
    document.querySelector('main').append(here);
    window.form = window.HousingComplaint.mount('#here', { landlord: '/landlords/example.json', headingLevel: 3 });
  });
  const form = new Resident(page, { within });
  await form.isOpen();
  await expect(form.screen.getByRole('heading', { level: 3 }).first()).toHaveText(say('start.title', { landlord: 'Example Homes' }));
  await page.evaluate(() => window.form.update({ headingLevel: 4 }));
  await expect(form.screen.getByRole('heading', { level: 4 }).first()).toBeVisible();
  await form.starts();
  await form.answers({ danger: ['no'] });
  await page.evaluate(() => { document.querySelector('#here housing-complaint').landlord = '/landlords/halton.json'; });
  await expect(form.screen.getByRole('heading', { level: 4 }).first()).toHaveText(say('start.title'));
  expect(await page.evaluate(() => document.querySelector('#here housing-complaint').headingLevel)).toBe('4');
  await page.evaluate(() => window.form.unmount());
  await expect(page.locator(within)).toHaveCount(0);
  expect(await resident.at()).toBe('start');
});

for (const drafts of ['tab', 'off']) {
  test(`a setting that is changed while somebody types loses nothing, with drafts ${drafts}`, async ({ resident, page }) => {
    await resident.opens(`/?drafts=${drafts}`);
    await resident.skipsTo('question:account');
    await resident.answers({ account: ['half a sent'] });
    await page.evaluate(() => document.querySelector('housing-complaint').setAttribute('heading-level', '3'));
    await expect(resident.screen.getByRole('heading', { level: 3 }).first()).toHaveText(say('question.account.title'));
    expect(await resident.at()).toBe('question:account');
    expect(await resident.shown()).toEqual(shownAs('half a sent'));
  });
}

// --- Help for the web team -------------------------------------------------------------------------

test('a misspelt attribute is named in the console, with the right one', async ({ embed, elsewhere, resident, page }) => {
  const { widget } = elsewhere;
  const warnings = [];
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()));
  await embed(`${tag(widget, 'halton', 'heading-lvl="3" id="x" data-own="1"')}
    <script src="${script(widget)}"></script>
    <script src="${script(widget)}" data-landlrod="x" data-landlord="${widget}/landlords/halton.json"></script>`);
  await resident.screen.first().waitFor();
  expect(warnings).toEqual([
    'housing-complaint: unknown attribute "heading-lvl". Did you mean "heading-level"?',
    'housing-complaint: unknown attribute "data-landlrod". Did you mean "data-landlord"?',
  ]);
});

// --- Looks ----------------------------------------------------------------------------------------

const HOSTILE = `* { all: unset !important; }
  *, *::before, *::after { color: hotpink !important; font: 40px/3 monospace !important; display: inline !important;
    margin: 50px !important; border: 9px dotted red !important; letter-spacing: 1em !important; text-transform: uppercase !important;
    text-align: right !important; visibility: visible; word-spacing: 1em !important; text-indent: 5em !important; }
  housing-complaint { display: block !important; }
  html { font-size: 7px !important; }`;

test('styles of the landlord’s page don’t reach into the form', async ({ embed, elsewhere, resident, page }) => {
  const { widget } = elsewhere;
  const policy = `${strictest(widget)}; style-src 'unsafe-inline'`;
  const looks = [];
  for (const style of ['', `<style>${HOSTILE}</style>`]) {
    await embed(`${style}${tag(widget)}<script src="${script(widget)}"></script>`, { policy });
    await page.evaluate(() => sessionStorage.clear());
    await page.reload();
    await resident.isOpen();
    await resident.skipsTo('question:danger');
    await resident.continues();
    looks.push(await resident.screen.evaluate((it) => {
      const names = ['color', 'font-family', 'font-size', 'line-height', 'display', 'margin-top', 'padding-left',
        'border-top-width', 'letter-spacing', 'word-spacing', 'text-transform', 'text-align', 'text-indent', 'visibility'];
      const parts = ['button[type=submit]', '[data-errors]', '[data-errors] a', 'h2', 'label', 'input', 'legend', '[data-rights]', '[data-rights] a'];
      return Object.fromEntries(parts.map((part) => {
        const style = getComputedStyle(it.querySelector(part));
        return [part, Object.fromEntries(names.map((name) => [name, style.getPropertyValue(name)]))];
      }));
    }));
  }
  expect(looks[1]).toEqual(looks[0]);
});

test('a landlord can give the form its own colours and type', async ({ embed, elsewhere, resident }) => {
  const { widget } = elsewhere;
  const theme = `<style>housing-complaint { --hc-color-brand: rgb(120, 0, 60); --hc-font-family: serif; }
    housing-complaint::part(button) { border-radius: 0; }</style>`;
  await embed(`${theme}${tag(widget)}<script src="${script(widget)}"></script>`, { policy: `${strictest(widget)}; style-src 'unsafe-inline'` });
  await resident.isOpen();
  const button = resident.screen.locator('[data-action=start]');
  await expect(button).toHaveCSS('background-color', 'rgb(120, 0, 60)');
  await expect(button).toHaveCSS('border-radius', '0px');
  await expect(resident.screen).toHaveCSS('font-family', 'serif');
});

test('each setting of the theme is obeyed whatever the device says', async ({ resident, page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await resident.opens('/?theme=light');
  const light = await resident.screen.evaluate((it) => getComputedStyle(it).color);
  await resident.opens('/?theme=dark');
  expect(await resident.screen.evaluate((it) => getComputedStyle(it).color)).not.toBe(light);
  await page.emulateMedia({ colorScheme: 'dark' });
  await resident.opens('/?theme=light');
  expect(await resident.screen.evaluate((it) => getComputedStyle(it).color)).toBe(light);
});

test('with drafts off nothing is kept on the device', async ({ resident, page }) => {
  await resident.opens('/?drafts=off');
  await resident.skipsTo('question:account');
  expect(await page.evaluate(() => [sessionStorage.length, localStorage.length])).toEqual([0, 0]);
});

test('drafts that are switched off later leave nothing of what was kept', async ({ resident, page }) => {
  await resident.opens();
  await resident.skipsTo('question:account');
  expect(await page.evaluate(() => sessionStorage.length)).toBe(1);
  await page.evaluate(() => document.querySelector('housing-complaint').setAttribute('drafts', 'off'));
  await resident.comesTo('question:account');
  await resident.hands.write('account', 'The roof leaks.');
  await expect.poll(() => page.evaluate(() => sessionStorage.length)).toBe(0);
});

test('a dialog of the page that keeps Tab inside still does', async ({ embed, elsewhere, resident, page }) => {
  const { widget } = elsewhere;
  await embed(`<button id="first">Close</button><button>Help</button>${tag(widget)}<script src="${script(widget)}"></script>`);
  await resident.isOpen();
  await page.evaluate(() => {
    document.addEventListener('keydown', (event) => {
      if (event.key !== 'Tab') return;
      event.preventDefault();
      document.querySelector('#first').focus();
    });
  });
  await resident.screen.locator('[data-action=start]').focus();
  await page.keyboard.press('Tab');
  await expect(page.locator('#first')).toBeFocused();
});

test('where the resident came from is told to the landlord', async ({ resident, service }) => {
  await resident.opens('/?source=survey');
  expect(service.row(await resident.complains()).record.source).toBe('survey');
});
