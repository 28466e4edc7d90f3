// Websites that reach into everything: their styles, what they put over the page, and their scripts.

import { mkdirSync, writeFileSync } from 'node:fs';

import { Keyboard, Mouse, action } from './support/hands.mjs';
import { HOSTS, hostPage } from './support/hostile-pages.mjs';
import { SCRIPTS, withScript } from './support/hostile-scripts.mjs';
import { path } from './support/paths.mjs';
import { difference } from './support/pixels.mjs';
import { LEAST, PLAIN, Resident, newWords } from './support/resident.mjs';
import { expect, test } from './support/test.mjs';

/** Opens a page of ours in place of the sample page. */
async function serve(page, html) {
  await page.route('**/host', (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }));
}

// --- Looks -----------------------------------------------------------------------------------------

test.describe('the form looks the same', () => {
  // One after another in one browser: the first pictures are what all others are compared with.
  test.describe.configure({ mode: 'default' });

  /** Of a thousand pixels one may differ: letters are drawn by the same hand everywhere, so what is left is how the
   * browser rounds a place inside of a pixel. A border, a letter or a colour that is not ours is ten times as much. */
  const TOLERANCE = 0.001;

  const SCREENS = {
    start: async () => {},
    options: (resident) => resident.skipsTo('question:danger'),
    problems: (resident) => resident.continues(),
    'a box': async (resident) => {
      await resident.skipsTo('question:account');
      await resident.screen.locator('textarea').first().fill(PLAIN.account[0]);
    },
    check: (resident) => resident.skipsTo('check'),
  };

  /** Pictures of each screen in this website's page, and of its own things, without the form and with it. */
  async function pictures(resident, host) {
    const { page } = resident;
    const taken = { form: {}, own: {} };
    const take = (selector) => page.locator(selector).screenshot({ animations: 'disabled', caret: 'hide' });
    await page.setViewportSize({ width: 1200, height: 900 });
    await serve(page, hostPage(host, false));
    await page.goto('/host');
    for (const id of ['before', 'after']) taken.own[id] = [await take(`#${id}`)];
    await page.unrouteAll();
    await serve(page, hostPage(host));
    await resident.opens('/host');
    for (const id of ['before', 'after']) taken.own[id].push(await take(`#${id}`));
    for (const [name, comesTo] of Object.entries(SCREENS)) {
      await comesTo(resident);
      taken.form[name] = await take('housing-complaint .widget');
    }
    return taken;
  }

  let plain;
  const table = {};

  for (const [name, host] of Object.entries(HOSTS)) {
    test(`in a page with ${name}, and the page’s own things do, too`, async ({ resident, browser, baseURL }) => {
      if (!plain) {
        const page = await browser.newPage({ baseURL });
        plain = await pictures(new resident.constructor(page), {});
        await page.close();
      }
      const { form, own } = await pictures(resident, host);
      const differs = {};
      for (const [screen, picture] of Object.entries(form)) differs[screen] = difference(plain.form[screen], picture);
      for (const [id, [without, with_]] of Object.entries(own)) differs[`own (${id})`] = difference(without, with_);
      table[name] = differs;
      for (const [screen, share] of Object.entries(differs)) {
        expect.soft(share, screen).toBeLessThanOrEqual(screen.startsWith('own') ? 0 : TOLERANCE);
      }
    });
  }

  test.afterAll(() => {
    if (!Object.keys(table).length) return;
    mkdirSync(path('target'), { recursive: true });
    writeFileSync(path('target/hostile.json'), `${JSON.stringify(table, null, 2)}\n`);
    const per = (share) => `${(share * 100).toFixed(3)} %`.padStart(12);
    const columns = Object.keys(Object.values(table)[0]);
    console.log(['Pixels that differ from a page without styles'.padEnd(46), ...columns.map((it) => it.padStart(12))].join(''));
    for (const [name, differs] of Object.entries(table)) {
      console.log([name.padEnd(46), ...columns.map((it) => per(differs[it]))].join(''));
    }
  });
});

// --- What lies over the page -----------------------------------------------------------------------

const PINNED = `<style>body { margin: 0; }
  .head { position: sticky; top: 0; height: 80px; z-index: 1000; background: navy; }
  .cookies { position: fixed; bottom: 0; left: 0; right: 0; height: 60px; z-index: 1001; background: gold; }
  .chat { position: fixed; bottom: 76px; right: 16px; width: 64px; height: 64px; border-radius: 50%; z-index: 1002; background: crimson; }
  </style>`;
const OVER = '<header class="head"><a href="#top">Our homes</a></header><div class="cookies">Cookies</div><button class="chat">Chat</button>';

/** What has focus in the form, and how much of it can be seen: nothing of the page over it, all of it in the window. */
function inSight(page) {
  return page.evaluate(async () => {
    for (let frames = 0; frames < 3; frames++) await new Promise((done) => { requestAnimationFrame(done); });
    const host = document.querySelector('housing-complaint');
    if (document.activeElement !== host) return undefined;
    const it = host.shadowRoot.activeElement;
    const isOption = it.type === 'radio' || it.type === 'checkbox';
    const target = isOption ? host.shadowRoot.querySelector(`label[for="${it.id}"]`) : it;
    const lines = getComputedStyle(target).display === 'inline' ? [...target.getClientRects()] : [target.getBoundingClientRect()];
    let [seen, all] = [0, 0];
    for (const { left, top, width, height } of lines) {
      for (let across = 0; across <= 6; across++) {
        for (let down = 0; down <= 4; down++) {
          const x = left + 1 + ((width - 2) * across) / 6;
          const y = top + 1 + ((height - 2) * down) / 4;
          all += 1;
          if (document.elementFromPoint(x, y) === host) seen += 1;
        }
      }
    }
    const name = `${it.localName} ${it.dataset.action ?? it.id ?? ''} “${target.innerText.slice(0, 20)}”`;
    return { name, seen: seen / all, height: target.getBoundingClientRect().height };
  });
}

test('what has focus is never behind what the page has pinned over itself', async ({ page }) => {
  test.setTimeout(180_000);
  await page.setViewportSize({ width: 360, height: 640 });
  const resident = new Resident(page, { hands: Keyboard });
  await serve(page, hostPage({ head: `<meta name="viewport" content="width=device-width">${PINNED}` })
    .replace(/<div id="(before|after)"[^]*?<\/details><\/div>/g, '')
    .replace('<div id="place"', `${OVER}<p><a href="#a">Before</a></p><div id="place"`)
    .replace(/style="[^"]*position: absolute[^"]*"/, '')
    .replace('</body>', '<footer><a href="#b">After</a><p style="height: 200px">Us</p></footer></body>'));
  await resident.opens('/host');
  const hidden = [];
  let looked = 0;
  const tabThrough = async (where) => {
    for (const key of ['Tab', 'Shift+Tab']) {
      for (let presses = 0; presses < 60; presses++) {
        const focused = await inSight(page);
        if (!focused && presses > 1) break;
        if (focused) {
          looked += 1;
          if (focused.seen < 1) hidden.push(`${where}, by ${key}: ${focused.name} ${Math.round(focused.seen * 100)} %`);
        }
        await page.keyboard.press(key);
      }
    }
  };
  const answers = { ...LEAST, danger: ['yes'], intent: ['report'], choices: { first_report: 'complaint' } };
  for (let pages = 0; pages < 30; pages++) {
    const at = await resident.at();
    if (['start', 'question:danger', 'question:account', 'question:identity', 'question:topics', 'advice:first_report', 'question:outcome', 'check'].includes(at)) {
      await tabThrough(at);
      if (/danger$|account$|identity$/.test(at) && at.startsWith('question')) {
        await resident.screen.locator('button[type=submit]').focus();
        await page.keyboard.press('Enter');
        await resident.screen.locator('[data-errors]').waitFor();
        await tabThrough(`${at} with problems`);
      }
    }
    if (at === 'check') break;
    await resident.skipsOne(answers);
    // The heading has focus now.
    const focused = await inSight(page);
    if (!(focused?.seen === 1)) hidden.push(`${await resident.at()}: ${focused?.name} ${focused?.seen}`);
  }
  expect(looked).toBeGreaterThan(120);
  expect(hidden).toEqual([]);
});

// --- Scripts -----------------------------------------------------------------------------------------

/** Points and presses, and types letter by letter. */
class MouseAndKeys extends Mouse {
  async write(name, text) {
    await this.screen.locator(`[name="${name}"]`).click();
    await this.screen.page().keyboard.press('Control+A');
    await this.screen.page().keyboard.type(text);
  }
}

const HOST_BOX = '<div id="host-dialog"><input id="host-box" aria-label="Search our site"></div>';

for (const [what, script] of Object.entries(SCRIPTS)) {
  for (const [with_, hands] of [['a mouse', MouseAndKeys], ['the keyboard alone', Keyboard]]) {
    test(`in a page whose script ${what}, exactly what was typed is sent, with ${with_}`, async ({ page, service }) => {
      await withScript(page, script);
      await serve(page, hostPage({ outside: [`${HOST_BOX}${script.declares ? '<script src="/own.js"></script>' : ''}`, ''] }));
      const resident = new Resident(page, { hands });
      const typed = newWords('No heat /?gnpsjk WASD 12');
      await resident.opens('/host');
      await page.waitForFunction(() => window.heard.some((it) => it.name === 'hc-ready'));
      // How the resident gets as far as the form is between them and that page.
      await resident.screen.locator(action('start')).focus();
      await resident.goesTo('check', { ...LEAST, account: [typed], email: ['jo.example@example.org'], topics: ['repairs', 'other'] });
      await resident.sends();
      const { record } = service.row(await resident.reference());
      expect(record).toMatchObject({ account: typed, topics: ['repairs', 'other'], resident: { name: 'Jo Example' }, contact: { email: 'jo.example@example.org' } });
      expect(await page.locator('#host-box').inputValue()).toBe('');
    });
  }
}

test('where the page has an element of that name already, its own words stay and nothing breaks', async ({ page }) => {
  await page.addInitScript(() => {
    customElements.define('housing-complaint', class extends HTMLElement {});
  });
  await serve(page, hostPage().replace('</housing-complaint>', '<p>Phone us on 01632 960001.</p></housing-complaint>'));
  await page.goto('/host');
  await page.waitForLoadState('networkidle');
  await expect(page.getByText('Phone us on 01632 960001.')).toBeVisible();
});
