// Colours of a page and of a landlord: used where everybody can read them, else as near as can be.

import { LANDLORDS } from './support/landlords.mjs';
import { landlordFile } from './support/moments.mjs';
import { expect, test } from './support/test.mjs';
import { axe } from './support/axe.mjs';

/** Sets these tokens on the element, before the script runs. */
async function paint(page, tokens, theme) {
  await page.addInitScript(([list, wanted]) => {
    addEventListener('readystatechange', () => {
      const element = document.querySelector('housing-complaint');
      for (const [name, value] of Object.entries(list)) element.style.setProperty(name, value);
      if (wanted) element.setAttribute('theme', wanted);
    }, true);
  }, [tokens, theme]);
}

function listen(page) {
  const warnings = [];
  page.on('console', (it) => { if (it.type() === 'warning' && it.text().includes('colour')) warnings.push(it.text()); });
  return warnings;
}

const colourOf = (resident, selector, property) =>
  resident.screen.locator(selector).first().evaluate((it, name) => getComputedStyle(it)[name], property);

test('a landlord’s colours come from its file, and a page’s colours before them', async ({ resident, page }) => {
  const warnings = listen(page);
  await resident.opens('/?landlord=rugby');
  expect(await colourOf(resident, '[data-action=start]', 'backgroundColor')).toBe('rgb(29, 79, 145)');
  await paint(page, { '--hc-color-brand': 'rgb(120 0 60)' });
  await resident.opens('/?landlord=rugby');
  expect(await colourOf(resident, '[data-action=start]', 'backgroundColor')).toBe('rgb(120, 0, 60)');
  expect(warnings).toEqual([]);
});

const HARD = {
  'a yellow brand': { '--hc-color-brand': 'gold' },
  'links in pale oklch': { '--hc-color-link': 'oklch(85% 0.1 200)' },
  'text that is as pale as its ground': { '--hc-color-text': '#999', '--hc-color-surface': '#bbb' },
  'an invisible ring around what has focus': { '--hc-color-focus': 'white' },
  'pink problems': { '--hc-color-error': 'hsl(350 100% 85%)' },
  'a brand that shines through': { '--hc-color-brand': 'rgb(10 90 83 / 20%)' },
  'links that shine through': { '--hc-color-link': 'rgb(10 90 83 / 40%)' },
  'a ground that shines through': { '--hc-color-surface': 'rgb(255 255 255 / 10%)' },
  'white on a pale brand': { '--hc-color-brand': '#5ab', '--hc-color-on-brand': '#fff' },
};

for (const [what, tokens] of Object.entries(HARD)) {
  test(`${what}: another colour is shown that passes, with a line for the web team`, async ({ resident, page }) => {
    const warnings = listen(page);
    await paint(page, tokens);
    await resident.opens();
    await resident.starts();
    await resident.continues();
    expect(await axe(page)).toEqual([]);
    expect(warnings).not.toEqual([]);
    for (const line of warnings) expect(line).toMatch(/the colour "[a-z-]+", rgb\(.*\), stands out less than (3|4\.5):1 .* is shown instead/);
    expect(new Set(warnings).size, 'each is said once').toBe(warnings.length);
  });
}

for (const value of ['0a5a53', 'linear-gradient(red, blue)', 'bad']) {
  test(`“${value}” is no colour: ours are shown, with a line for the web team`, async ({ resident, page }) => {
    const warnings = listen(page);
    await paint(page, { '--hc-color-brand': value, '--hc-color-focus': value });
    await resident.opens('/?landlord=rugby');
    expect(await colourOf(resident, '[data-action=start]', 'backgroundColor')).toBe('rgb(29, 79, 145)');
    expect(warnings.join()).toContain(`the colour "brand", ${value}, is no colour`);
    await resident.screen.locator('[data-action=start]').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Shift+Tab');
    expect(await colourOf(resident, '[data-action=start]', 'outlineColor')).toBe('rgb(58, 63, 208)');
  });
}

const EMPTY = {
  'a brand that is set to nothing': { '--hc-color-brand': ' ' },
  'text that is set to nothing': { '--hc-color-text': ' ' },
  'text on the brand in the brand’s colour': { '--hc-color-on-brand': '#0a5a53' },
};

for (const [what, tokens] of Object.entries(EMPTY)) {
  test(`${what}: Start can be read`, async ({ resident, page }) => {
    const { colors, ...plain } = LANDLORDS.halton;
    await landlordFile(page, JSON.stringify(plain));
    const warnings = listen(page);
    await paint(page, tokens);
    await resident.opens();
    expect(await axe(page)).toEqual([]);
    expect(await colourOf(resident, '[data-action=start]', 'backgroundColor')).toBe('rgb(10, 90, 83)');
    expect(warnings).toHaveLength(1);
  });
}

test('colours that suit each other are left as they are, dark ones too', async ({ resident, page }) => {
  const warnings = listen(page);
  await paint(page, { '--hc-color-surface': '#1e1e2e', '--hc-color-text': '#f0f0f0', '--hc-color-brand': '#f0a0c0', '--hc-color-link': '#a0d0ff', '--hc-color-focus': '#fff', '--hc-color-error': '#ffb0a0' }, 'dark');
  await resident.opens();
  expect(await colourOf(resident, '[data-action=start]', 'backgroundColor')).toBe('rgb(240, 160, 192)');
  await resident.starts();
  await resident.continues();
  expect(await axe(page)).toEqual([]);
  expect(warnings.filter((it) => !it.includes('on-brand'))).toEqual([]);
});

for (const colorScheme of ['light', 'dark']) {
  test(`every landlord’s colours can be read in the ${colorScheme} theme`, async ({ resident, page }) => {
    const warnings = listen(page);
    await page.emulateMedia({ colorScheme });
    for (const id of Object.keys(LANDLORDS)) {
      await resident.opens(`/?landlord=${id}`);
      expect(await axe(page), id).toEqual([]);
      await resident.starts();
      await resident.continues();
      expect(await axe(page), id).toEqual([]);
      await page.evaluate(() => sessionStorage.clear());
    }
    expect(warnings).toEqual([]);
  });
}

test('what is no colour in a landlord’s file is left out', async ({ resident, page }) => {
  const colors = { brand: 'red;}*{display:none', link: 7, surface: '#ffffff' };
  await landlordFile(page, JSON.stringify({ ...LANDLORDS.halton, colors }));
  await resident.opens();
  expect(await colourOf(resident, '[data-action=start]', 'backgroundColor')).toBe('rgb(10, 90, 83)');
});

test('colours that the page changes later are guarded, too', async ({ resident, page }) => {
  const warnings = listen(page);
  await resident.opens('/?theme=light');
  await page.evaluate(() => document.querySelector('housing-complaint').style.setProperty('--hc-color-brand', 'gold'));
  await expect.poll(() => warnings.length).toBe(1);
  expect(await axe(page)).toEqual([]);
});

test('the colours change with the device’s theme while the form is open', async ({ resident, page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await resident.opens('/?landlord=rugby');
  const light = await colourOf(resident, '[data-action=start]', 'backgroundColor');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(() => colourOf(resident, '[data-action=start]', 'backgroundColor')).not.toBe(light);
  expect(await axe(page)).toEqual([]);
});
