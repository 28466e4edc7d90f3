// The first screen is there before the widget is, and the widget takes over without anybody noticing.

import { startHostPage, strictest } from './support/host-page.mjs';
import { signal } from './support/moments.mjs';
import { Resident } from './support/resident.mjs';
import { expect, test } from './support/test.mjs';
import { heard } from './support/watch.mjs';
import { say } from './support/words.mjs';

/** Holds the widget's wasm back until `arrives()`. */
async function holdBack(page) {
  const { given, give } = signal();
  await page.route('**/*.wasm', async (route) => {
    await given;
    await route.continue();
  });
  return { arrives: give };
}

/** Adds up what moves while somebody only looks (https://wicg.github.io/layout-instability/). */
async function watchShifts(page) {
  await page.addInitScript(() => {
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const it of list.getEntries()) window.shifts.push(`${it.value} ${it.sources.map(({ node }) => node?.nodeName)}`);
    }).observe({ type: 'layout-shift', buffered: true });
  });
  return () => page.evaluate(() => window.shifts);
}

const shape = (resident) => resident.screen.evaluate((screen) => ['[part=heading]', '.lead', '.ticks', '[data-action=start]', '[data-rights]'].map((it) => {
  const { left, top, width, height } = screen.querySelector(it).getBoundingClientRect();
  return [it, left, top, width, height].join(' ');
}));

for (const [width, height] of [[320, 640], [412, 823], [1280, 900], [2560, 1440]]) {
  test(`at ${width} × ${height} nothing moves when the widget takes over`, async ({ resident, page }) => {
    await page.setViewportSize({ width, height });
    const shifts = await watchShifts(page);
    const widget = await holdBack(page);
    await page.goto('/');
    // The landlord's file is there, with its colours.
    await expect(resident.screen.locator('[data-action=start]')).toHaveCSS('background-color', 'rgb(91, 42, 134)');
    const before = await shape(resident);
    // Inside the border, which is drawn anew with the form's height, and down to the rights.
    const { x, y } = await resident.screen.boundingBox();
    const rights = await resident.screen.locator('[data-rights]').boundingBox();
    const down = Math.min(height, rights.y + rights.height) - y - 4;
    const look = () => page.screenshot({ clip: { x: x + 2, y: y + 4, width: 280, height: down } });
    const picture = await look();
    widget.arrives();
    await resident.isOpen();
    expect(await shape(resident)).toEqual(before);
    expect(picture.equals(await look()), 'the same to the pixel').toBe(true);
    expect(await shifts()).toEqual([]);
  });
}

test('where a second Ombudsman is named, its name comes below all that is there already', async ({ resident, page }) => {
  const widget = await holdBack(page);
  await page.goto('/?landlord=havering');
  await resident.screen.waitFor();
  const before = await shape(resident);
  const words = await resident.screen.locator('[data-rights]').innerText();
  widget.arrives();
  await resident.isOpen();
  const rightsAsHigh = (list) => list.with(-1, list.at(-1).replace(/ \S+$/, ''));
  expect(rightsAsHigh(await shape(resident))).toEqual(rightsAsHigh(before));
  const after = await resident.screen.locator('[data-rights]').innerText();
  expect(after.startsWith(words)).toBe(true);
  expect(after).toContain(say('rights.lgsco'));
});

test('one request is enough for the first screen: what this is, the rights, and the landlord’s own words', async ({ resident, page }) => {
  const asked = [];
  await page.route('**/*', async (route) => {
    const { pathname } = new URL(route.request().url());
    asked.push(pathname);
    if (/\.(wasm|json)$/.test(pathname)) return;
    await route.continue();
  });
  await page.goto('/');
  await resident.comesTo('start');
  await expect(resident.screen.getByRole('heading', { name: say('start.title') })).toBeVisible();
  await expect(resident.screen.locator('[data-rights]')).toContainText('0300 111 3000');
  await expect(page.getByRole('heading', { name: 'Ways to complain' })).toBeVisible();
  const ours = asked.filter((it) => it.startsWith('/housing-complaint/'));
  const later = ['wasm', 'json'].map((kind) => ours.findIndex((it) => it.endsWith(kind)));
  expect(ours, 'the widget and its words are fetched at once').toHaveLength(3);
  expect(later.toSorted()).toEqual([1, 2]);
  expect(await heard(page)).toEqual([]);
});

test('Start is honoured before the widget is there, and says that it was heard', async ({ resident, page }) => {
  const widget = await holdBack(page);
  await page.goto('/');
  const start = resident.screen.locator('[data-action=start]');
  await start.click();
  await expect(start).toHaveText(say('start.opening'));
  await start.click();
  widget.arrives();
  await resident.comesTo('question:danger');
  await expect(resident.screen.locator('[part=heading]')).toBeFocused();
});

test('focus stays where it was when the widget takes over', async ({ resident, page }) => {
  const widget = await holdBack(page);
  await page.goto('/');
  const phone = resident.screen.locator('[data-rights] a').first();
  await phone.focus();
  widget.arrives();
  await resident.isOpen();
  await expect(phone).toBeFocused();
});

test('after a reload on the first screen focus stays on what it was on, with answers kept', async ({ resident, page }) => {
  await resident.opens();
  await resident.skipsTo('question:intent');
  while ((await resident.at()) !== 'start') await resident.presses('back');
  const widget = await holdBack(page);
  await page.reload();
  const phone = resident.screen.locator('[data-rights] a').first();
  await phone.focus();
  const before = await shape(resident);
  widget.arrives();
  await resident.isOpen();
  await expect(phone).toBeFocused();
  expect(await shape(resident)).toEqual(before);
});

test('an attribute that changes takes neither the focus nor an early Start', async ({ resident, page }) => {
  const widget = await holdBack(page);
  await page.goto('/');
  await resident.screen.locator('[data-action=start]').click();
  await page.evaluate(() => document.querySelector('housing-complaint').setAttribute('heading-level', '3'));
  await expect(resident.screen.locator('[data-action=start]')).toHaveText(say('start.opening'));
  widget.arrives();
  await resident.comesTo('question:danger');
  await expect(resident.screen.locator('[part=heading]')).toBeFocused();
  await page.evaluate(() => document.querySelector('housing-complaint').setAttribute('heading-level', '4'));
  await expect(resident.screen.getByRole('heading', { level: 4 })).toBeFocused();
});

test('a widget that never comes says so once somebody waits for it', async ({ resident, page }) => {
  await page.clock.install();
  await holdBack(page);
  await page.goto('/');
  await resident.screen.locator('[data-action=start]').click();
  await page.clock.runFor(61_000);
  await resident.comesTo('failed');
  expect(await heard(page, 'hc-error')).toEqual([{ code: 'wasm_slow' }]);
});

test('a link for one thing says so at once', async ({ resident, page }) => {
  await holdBack(page);
  await page.goto('/?start=stage2&heading-level=3');
  await expect(resident.screen.getByRole('heading', { level: 3, name: say('start.title.stage2') })).toBeVisible();
  await expect(resident.screen.getByRole('heading', { level: 4, name: say('rights.title') })).toBeVisible();
  await expect(resident.screen).toContainText(say('start.lead.stage2'));
  await page.goto('/?source=survey');
  await expect(resident.screen).toContainText(say('start.lead.survey'));
});

test('after a reload the first screen does not flash before the answers', async ({ resident, page }) => {
  await resident.opens();
  await resident.skipsTo('question:account');
  await page.addInitScript(() => {
    window.seen = new Set();
    const look = () => {
      const screen = document.querySelector('housing-complaint')?.shadowRoot?.querySelector('[data-screen]');
      if (screen) window.seen.add(screen.dataset.screen);
      requestAnimationFrame(look);
    };
    look();
  });
  await page.reload();
  await resident.comesTo('question:account');
  expect(await page.evaluate(() => [...window.seen])).toEqual(['question']);
  const widget = await holdBack(page);
  await page.reload();
  // Where it takes long, the first screen says how to go on.
  await expect(resident.screen.locator('[data-action=start]')).toHaveText(say('action.start.resume'));
  widget.arrives();
  await resident.comesTo('question:account');
});

test('the first screen is made of nodes alone: no markup is parsed and no style is inline', async ({ page, service }) => {
  const site = await startHostPage();
  const widget = service.url.slice(0, -1);
  try {
    site.policy = strictest(widget);
    site.body = `<script src="${widget}/housing-complaint/v1/housing-complaint.js" data-landlord="${widget}/landlords/halton.json"></script>`;
    await holdBack(page);
    await page.goto(site.origin);
    const resident = new Resident(page);
    await expect(resident.screen.locator('[data-action=start]')).toHaveCSS('background-color', 'rgb(91, 42, 134)');
    await expect(resident.screen.locator('[style]')).toHaveCount(0);
  } finally {
    await site.close();
  }
});
