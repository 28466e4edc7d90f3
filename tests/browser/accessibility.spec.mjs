// Everyone can use it: with a screen reader, without a mouse, large, small, dark, and in their colours.

import { axe } from './support/axe.mjs';
import { Keyboard, SUBMIT, action } from './support/hands.mjs';
import { Resident } from './support/resident.mjs';
import { expect, test } from './support/test.mjs';
import { LONGEST, tour } from './support/tour.mjs';
import { say } from './support/words.mjs';

const LOOKS = {
  'on a wide screen': { width: 1280, media: {}, landlords: ['example', 'halton', 'south-and-vale'] },
  'in the dark on a telephone': { width: 320, media: { colorScheme: 'dark' } },
  'in the dark on a wide screen': { width: 1280, media: { colorScheme: 'dark' } },
  'in colours of their own on a telephone': { width: 320, media: { forcedColors: 'active' } },
};

for (const [look, { width, media, landlords = ['example'] }] of Object.entries(LOOKS)) {
  for (const landlord of landlords) {
    test(`axe finds nothing wrong on any screen and with any problem, ${look}, at ${landlord}`, async ({ resident, page }) => {
      test.setTimeout(180_000);
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia(media);
      const seen = [];
      await tour(resident, `/?landlord=${landlord}`, async (name) => {
        seen.push(name);
        expect.soft(await axe(page), name).toEqual([]);
      });
      expect(seen).toEqual(expect.arrayContaining(EVERYWHERE));
    });
  }
}

test('axe sees what is wrong inside the form', async ({ resident, page }) => {
  await resident.opens();
  await resident.starts();
  await resident.screen.evaluate((it) => { it.querySelector('label').remove(); });
  expect((await axe(page)).join()).toContain('label: housing-complaint');
});

/** What a tour meets at every landlord, beside much else. */
const EVERYWHERE = ['start', 'advice:danger', 'advice:first_report', 'advice:possible_exclusion', 'advice:careful', 'advice:urgent',
  'advice:unhappy', 'question:intent',
  'question:intent with problems', 'question:staff with problems', 'question:group', 'question:stage2', 'question:request with problems',
  'question:you_for_someone with problems', 'question:feedback', 'check', 'check stage2', 'check service_request', 'check addition',
  'check feedback', 'not-sent', 'sent', 'sent stage2', 'sent service_request', 'sent addition', 'sent feedback', 'failed'];

// --- Small screens, large text -------------------------------------------------------------------

for (const landlord of ['example', 'south-and-vale']) {
  test(`at 320 pixels, which is 400 % on a desktop, nothing needs scrolling sideways and every target is large, at ${landlord}`, async ({ resident, page }) => {
    await page.setViewportSize({ width: 320, height: 256 });
    await tour(resident, `/?landlord=${landlord}`, async (name) => {
      expect.soft(await tooWide(page), name).toEqual([]);
      expect.soft(await tooSmall(page), name).toEqual([]);
    });
  });
}

test('wider letters, words and lines (WCAG 1.4.12) hide nothing', async ({ resident, page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await tour(resident, '/?landlord=example', async (name) => {
    await page.evaluate(() => {
      const root = document.querySelector('housing-complaint').shadowRoot;
      if (root.isSpaced) return;
      root.isSpaced = true;
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
        p { margin-bottom: 2em !important; }`);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    });
    expect.soft(await tooWide(page), name).toEqual([]);
    expect.soft(await clipped(page), name).toEqual([]);
  });
});

test('text at twice its size (WCAG 1.4.4) hides nothing', async ({ resident, page }) => {
  await page.setViewportSize({ width: 640, height: 640 });
  await page.addInitScript(() => {
    addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = '200%'; });
  });
  await tour(resident, '/?landlord=example', async (name) => {
    expect.soft(await tooWide(page), name).toEqual([]);
    expect.soft(await clipped(page), name).toEqual([]);
  });
});

test('in a page that reads from right to left the English form still reads from left to right', async ({ resident, page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.addInitScript(() => {
    addEventListener('DOMContentLoaded', () => { document.documentElement.dir = 'rtl'; });
  });
  await tour(resident, '/?landlord=example', async (name) => {
    expect.soft(await resident.screen.evaluate((it) => getComputedStyle(it).direction), name).toBe('ltr');
    expect.soft(await tooWide(page), name).toEqual([]);
  });
});

/** What sticks out of the window. */
function tooWide(page) {
  return page.evaluate(() => {
    const wide = [];
    if (document.documentElement.scrollWidth > innerWidth) wide.push(`the page is ${document.documentElement.scrollWidth} wide`);
    for (const it of document.querySelector('housing-complaint').shadowRoot.querySelectorAll('*')) {
      const { left, right, width } = it.getBoundingClientRect();
      if (width > 1 && (left < -0.5 || right > innerWidth + 0.5)) wide.push(`${it.localName}.${it.className} ${left}–${right}`);
    }
    return wide;
  });
}

/** What has more in it than it shows; a box to type in may. */
function clipped(page) {
  return page.evaluate(() => {
    const hidden = [];
    for (const it of document.querySelector('housing-complaint').shadowRoot.querySelectorAll('*')) {
      const style = getComputedStyle(it);
      const isBox = it.matches('textarea, input') || it.clientWidth <= 1 || style.display === 'inline';
      if (isBox || style.overflowX === 'visible') continue;
      if (it.scrollWidth > it.clientWidth + 1 || it.scrollHeight > it.clientHeight + 1) hidden.push(`${it.localName}.${it.className}`);
    }
    return hidden;
  });
}

/** What is hard to hit: anything below 24 pixels, buttons, options and boxes below 44. */
function tooSmall(page) {
  return page.evaluate(() => {
    const small = [];
    const root = document.querySelector('housing-complaint').shadowRoot;
    for (const it of root.querySelectorAll('a[href], button, input, textarea')) {
      if (!it.checkVisibility()) continue;
      const isOption = it.type === 'radio' || it.type === 'checkbox';
      const target = isOption ? root.querySelector(`label[for="${it.id}"]`) : it;
      const { width, height } = target.getBoundingClientRect();
      const least = it.localName === 'a' ? 24 : 44;
      if (width < 24 || height < least) small.push(`${it.localName} ${it.dataset.action ?? it.name ?? ''} “${target.innerText.slice(0, 30)}” ${width} × ${height}`);
    }
    return small;
  });
}

// --- Focus ---------------------------------------------------------------------------------------

/** What has focus, in words. */
function focused(page) {
  return page.evaluate(() => {
    let it = document.activeElement;
    while (it?.shadowRoot?.activeElement) it = it.shadowRoot.activeElement;
    if (it === document.body) return 'nothing';
    if (/^h[1-6]$/.test(it.localName) && it.closest('[data-screen]')) return 'heading';
    if (it.matches('[data-errors]')) return 'problems';
    return it.id || it.localName;
  });
}

test('each new screen is read out from its heading, and problems from their list', async ({ resident, page }) => {
  let isFirst = true;
  await tour(resident, '/', async (name) => {
    if (isFirst || name === 'failed') expect.soft(await focused(page), name).toBe('nothing');
    else if (name.endsWith('with problems')) expect.soft(await focused(page), name).toBe('problems');
    else if (name !== 'sent, and come back to') expect.soft(await focused(page), name).toBe('heading');
    isFirst = false;
  });
});

test('a second try with the same problems is read out again', async ({ resident, page }) => {
  await resident.opens();
  await resident.starts();
  await resident.continues();
  expect(await focused(page)).toBe('problems');
  await resident.screen.locator(SUBMIT).click();
  await expect.poll(() => focused(page)).toBe('problems');
});

test('each problem leads to its field, which is tied to the sentence', async ({ resident, page }) => {
  let links = 0;
  await tour(resident, '/', async (name) => {
    if (!name.endsWith('with problems')) return;
    for (const link of await resident.screen.locator('[data-errors] a').all()) {
      links += 1;
      const text = await link.innerText();
      const id = (await link.getAttribute('href')).slice(1);
      await link.click();
      expect.soft(await focused(page), name).toBe(id);
      const described = await resident.screen.evaluate((it, field) => {
        const control = it.querySelector(`#${field}`);
        const holder = [control, control.closest('fieldset')].find((one) => one?.hasAttribute('aria-describedby'));
        const ids = holder?.getAttribute('aria-describedby').split(' ') ?? [];
        return ids.map((one) => it.querySelector(`#${one}`).innerText).join(' ');
      }, id);
      expect.soft(described, name).toContain(text);
    }
  });
  expect(links).toBeGreaterThanOrEqual(20);
});

test('the landlord’s page keeps its title, and the page does not jump when the form opens', async ({ resident, page }) => {
  await tour(resident, '/', async (name) => {
    expect.soft(await page.title(), name).toBe('Complaints – Halton Housing');
    if (name === 'start') expect.soft(await page.evaluate(() => scrollY)).toBe(0);
  });
});

test('the top of each page is in sight after a long one', async ({ resident, page }) => {
  await page.setViewportSize({ width: 360, height: 640 });
  await resident.opens();
  await resident.skipsTo('question:topics');
  await resident.answers({ topics: ['repairs'] });
  await resident.screen.locator(SUBMIT).scrollIntoViewIfNeeded();
  await resident.continues();
  const heading = resident.screen.getByRole('heading').first();
  await expect(heading).toBeInViewport();
});

// --- Names ---------------------------------------------------------------------------------------

test('every control has a name, and every heading its level', async ({ resident }) => {
  await tour(resident, '/?heading-level=3', async (name) => {
    const { unnamed, levels } = await resident.screen.evaluate((it) => ({
      unnamed: [...it.querySelectorAll('input, textarea')].filter((one) => !one.labels?.length).map((one) => one.name),
      levels: [...it.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((one) => Number(one.localName[1])),
    }));
    expect.soft(unnamed, name).toEqual([]);
    expect.soft(Math.min(...levels), name).toBe(3);
    expect.soft(Math.max(...levels), name).toBeLessThanOrEqual(4);
  });
});

test('a question sounds like this', async ({ resident, page }) => {
  await resident.opens();
  await resident.starts();
  await resident.continues();
  await expect(page.locator('housing-complaint')).toMatchAriaSnapshot(`
    - button "${say('action.back')}"
    - paragraph: Step 1 of 12
    - group "${say('errors.title')}":
      - alert:
        - heading "${say('errors.title')}" [level=2]
        - list:
          - listitem:
            - link "${say('problem.danger.missing')}":
              - /url: "#danger"
    - group "${say('question.danger.title')}":
      - heading "${say('question.danger.title')}" [level=2]
      - paragraph: ${say('question.danger.hint')}
      - paragraph: ${say('problem.danger.missing')}
      - radio "Yes"
      - radio "No"
      - radio "I do not know"
    - button "${say('action.continue')}"
    - region "${say('rights.title')}":
      - heading "${say('rights.title')}" [level=3]
      - paragraph: ${say('rights.at.before')}
      - paragraph: ${say('rights.housing')}
      - term: ${say('rights.phone')}
      - definition:
        - link "0300 111 3000":
          - /url: tel:03001113000
      - term: ${say('rights.web')}
      - definition:
        - link "www.housing-ombudsman.org.uk (opens in a new tab)"
      - paragraph: ${say('rights.independent')}
  `);
});

test('a whole complaint needs no more than Tab, arrows, space, Enter and letters', async ({ page }) => {
  const resident = new Resident(page, { hands: Keyboard });
  await resident.opens();
  await resident.goesTo('check', { ...LONGEST, account: ['No heat.'] });
  await resident.presses('change');
  await resident.continues();
  await resident.comesTo('check');
  await resident.sends();
  await resident.reference();
  for (const name of ['download', 'print', 'again']) await resident.hands.tabTo(action(name));
});
