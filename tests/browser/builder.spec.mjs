// The tag builder of the sample page: what a web team sees there is what it gets.

import { readdirSync, readFileSync } from 'node:fs';

import { axe } from './support/axe.mjs';
import { startHostPage } from './support/host-page.mjs';
import { path } from './support/paths.mjs';
import { newWords, saying } from './support/resident.mjs';
import { startService } from './support/service.mjs';
import { test as base, expect } from './support/test.mjs';
import { say } from './support/words.mjs';

const test = base.extend({
  /** The sample page, with the builder open. */
  builder: async ({ resident, page }, use) => {
    await resident.opens();
    await page.locator('#builder summary').click();
    await page.locator('#builder form').waitFor();
    await use(new Builder(page));
  },
});

class Builder {
  constructor(page) {
    this.page = page;
    this.panel = page.locator('#builder');
  }

  field(label) {
    return this.panel.getByLabel(label, { exact: true });
  }

  async choose(label, option) {
    await this.field(label).selectOption({ label: option });
  }

  async write(label, text) {
    await this.field(label).fill(text);
    await this.field(label).blur();
  }

  /** What there is to copy: `tag`, `style`, `policy`. */
  async out(name) {
    return this.panel.locator(`[data-out="${name}"]`).textContent();
  }
}

// --- Out of the way ------------------------------------------------------------------------------

test('the builder is closed, and whoever does not open it does not fetch it', async ({ resident, page }) => {
  const asked = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await resident.opens();
  await expect(page.locator('#builder summary')).toBeVisible();
  await expect(page.locator('#builder form')).toBeHidden();
  await page.waitForLoadState('networkidle');
  expect(asked).not.toContain('/sample/builder.js');
  expect(await page.locator('housing-complaint').count()).toBe(1);
});

for (const width of [320, 1280]) {
  test(`the link above the page opens it, and the form can be used meanwhile, at ${width} pixels`, async ({ resident, page }) => {
    await page.setViewportSize({ width, height: 800 });
    await resident.opens();
    await page.getByRole('link', { name: 'Web teams: make your tag' }).press('Enter');
    await expect(page.locator('#builder form')).toBeVisible();
    await expect(page.locator('#builder summary')).toBeFocused();
    await resident.starts();
    expect(await resident.at()).toBe('question:danger');
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });
}

test('beside the page it covers nothing of the form', async ({ builder, resident }) => {
  const [panel, form] = [await builder.panel.boundingBox(), await resident.screen.boundingBox()];
  expect(form.x + form.width).toBeLessThanOrEqual(panel.x);
});

for (const [look, width, media] of [
  ['on a telephone', 320, { colorScheme: 'light' }],
  ['in the dark on a wide screen', 1280, { colorScheme: 'dark' }],
  ['in forced colours', 768, { forcedColors: 'active' }],
]) {
  test(`axe finds nothing wrong with it ${look}`, async ({ page, builder }) => {
    await page.setViewportSize({ width, height: 800 });
    await page.emulateMedia(media);
    await builder.write('Brand', '#7a1f5c');
    await builder.write('Text', 'purpleish');
    expect(await axe(page)).toEqual([]);
  });
}

test('it can be used with a keyboard alone', async ({ resident, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await resident.opens();
  await page.locator('#builder summary').focus();
  await page.keyboard.press('Enter');
  await page.locator('#builder form').waitFor();
  const reach = async (selector) => {
    for (let steps = 0; steps < 60; steps++) {
      if (await page.evaluate((it) => document.activeElement.matches(it), selector)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`${selector} is not reached`);
  };
  await reach('[data-attribute=theme]');
  await page.keyboard.type('dark');
  await expect(page.locator('housing-complaint')).toHaveAttribute('theme', 'dark');
  await reach('[data-copy=tag]');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Copied.')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('theme="dark"');
});

// --- Live ----------------------------------------------------------------------------------------

test('the landlords to choose from are those that there are, by their own names', async ({ builder }) => {
  const files = readdirSync(path('landlords')).map((name) => JSON.parse(readFileSync(path(`landlords/${name}`), 'utf8')));
  const options = await builder.field('Landlord').evaluate((it) => [...it.options].map(({ value, text }) => [value, text.replace(' (made up)', '')]));
  expect(options.sort()).toEqual(files.map(({ id, name }) => [id, name]).sort());
});

test('each choice is in the form on the page at once, and in the tag', async ({ builder, resident, page }) => {
  await builder.choose('Landlord', 'Rugby Borough Council');
  await expect(resident.screen).toContainText('Rugby Borough Council');
  await expect(page.getByRole('banner')).toHaveText('Rugby Borough Council');
  await expect(page).toHaveTitle('Complaints – Rugby Borough Council');
  await builder.choose('Headings begin at', 'h3');
  await expect(resident.screen.getByRole('heading', { level: 3 }).first()).toBeVisible();
  await builder.choose('What the link is for', 'Stage 2 of a complaint');
  await builder.choose('Answers are kept', 'nowhere');
  await builder.choose('Back button', 'leaves the page');
  await builder.choose('Light or dark', 'dark');
  await builder.write('Link came from', 'a "letter" & more');
  await expect(resident.screen).toHaveAttribute('data-screen', 'start');
  const chosen = { start: 'stage2', source: 'a "letter" & more', drafts: 'off', 'heading-level': '3', history: 'off', theme: 'dark' };
  const element = page.locator('housing-complaint');
  for (const [name, value] of Object.entries(chosen)) await expect(element).toHaveAttribute(name, value);

  const tag = await builder.out('tag');
  expect(tag).toContain('source="a &quot;letter&quot; &amp; more"');
  expect(tag).toContain(`landlord="${new URL(page.url()).origin}/landlords/rugby.json"`);

  await builder.choose('Landlord', 'Halton Housing');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Talk to us: complaints');
  await expect(page.getByRole('heading', { name: 'How we look into complaints' })).toBeVisible();
});

test('it begins with what the address of the page says, and says nothing that happens anyway', async ({ resident, page }) => {
  await resident.opens('/?landlord=example&theme=dark&heading-level=4#builder');
  const builder = new Builder(page);
  await builder.panel.locator('form').waitFor();
  await expect(builder.field('Landlord')).toHaveValue('example');
  await expect(builder.field('Light or dark')).toHaveValue('dark');
  await expect(builder.field('Headings begin at')).toHaveValue('4');
  const tag = await builder.out('tag');
  expect([...tag.matchAll(/^ {2}([a-z-]+)=/gm)].map((it) => it[1])).toEqual(
    ['landlord', 'heading-level', 'theme', 'src', 'integrity', 'crossorigin']);
});

test('colours are in the form at once, under a policy that allows no styles, and in a style sheet to copy', async ({ builder, resident, page }) => {
  const start = resident.screen.locator('[data-action=start]');
  const before = await start.evaluate((it) => getComputedStyle(it).backgroundColor);
  await expect(builder.panel.locator('[data-out=style]')).toBeHidden();
  await builder.write('Brand', '#7a1f5c');
  await expect(start).toHaveCSS('background-color', 'rgb(122, 31, 92)');
  await builder.panel.getByLabel('Pick the brand colour').fill('#004488');
  await expect(start).toHaveCSS('background-color', 'rgb(0, 68, 136)');
  await expect(builder.field('Brand')).toHaveValue('#004488');
  await expect(page.locator('housing-complaint')).toHaveAttribute('theme', 'light');
  expect(await builder.out('style')).toBe('housing-complaint {\n  --hc-color-brand: #004488;\n}');
  const file = JSON.parse(readFileSync(path('landlords/example.json'), 'utf8'));
  const { colors } = JSON.parse(`{${await builder.out('colors')}}`);
  expect(colors).toEqual({ brand: '#004488' });
  const answer = await page.request.post('/lint', { data: JSON.stringify({ ...file, colors }) });
  expect((await answer.json()).filter((it) => it.pointer.startsWith('/colors'))).toEqual([]);
  await builder.write('Brand', 'rebeccapurple');
  await expect(builder.panel.locator('[data-out=colors]'), 'a landlord’s file takes no names').toBeHidden();
  await builder.write('Brand', '');
  await expect(start).toHaveCSS('background-color', before);
  await expect(builder.panel.locator('[data-out=style]')).toBeHidden();
});

test('a colour that is hard to read is said to be so, and what is shown instead can be read', async ({ builder, resident }) => {
  await builder.write('Brand', '#ffff99');
  const notes = builder.panel.locator('[data-notes]');
  await expect(notes).toHaveText(/^Brand: #ffff99 is hard to read here, so the form shows #[0-9a-f]{6}\.$/);
  await expect(resident.screen.locator('[data-action=start]')).not.toHaveCSS('background-color', 'rgb(255, 255, 153)');
  await builder.write('Errors', '#a00000');
  await expect(notes, 'it still is').toContainText('Brand: #ffff99');
  await builder.write('Brand', '#7a1f5c');
  await expect(builder.panel.locator('[data-notes]')).toBeEmpty();
});

test('beside each box is the colour that the form shows, also at another landlord', async ({ builder, resident }) => {
  const swatch = builder.panel.getByLabel('Pick the brand colour');
  const shown = () => resident.screen.locator('[data-action=start]').evaluate((it) => getComputedStyle(it).backgroundColor);
  const rgb = async () => `rgb(${(await swatch.inputValue()).match(/\w\w/g).map((it) => parseInt(it, 16)).join(', ')})`;
  for (const landlord of ['Stoke-on-Trent City Council', 'Rugby Borough Council']) {
    await builder.choose('Landlord', landlord);
    const { colors } = JSON.parse(readFileSync(path(`landlords/${await builder.field('Landlord').inputValue()}.json`), 'utf8'));
    await expect(swatch).toHaveValue(colors.brand);
    expect(await rgb()).toBe(await shown());
  }
  await builder.write('Brand', 'rebeccapurple');
  await expect(swatch).toHaveValue('#663399');
});

test('the form can be seen in a frame', async ({ builder, page }) => {
  await builder.choose('Runs in', 'a frame');
  const frame = page.frameLocator('housing-complaint iframe');
  await expect(frame.locator('[data-screen=start] [data-action=start]')).toBeVisible();
  await builder.write('Brand', '#7a1f5c');
  await expect(frame.locator('[data-action=start]')).toHaveCSS('background-color', 'rgb(122, 31, 92)');
});

test('what is no colour is named, and goes nowhere', async ({ builder, page }) => {
  for (const text of ['purpleish', 'red; } body { display: none', 'var(--x)']) {
    await builder.write('Links', text);
    await expect(builder.field('Links')).toHaveAttribute('aria-invalid', 'true');
    await expect(builder.panel.locator('[data-notes]')).toContainText('is no colour that a browser knows');
    expect(await page.evaluate(() => document.querySelector('housing-complaint').style.length)).toBe(0);
  }
});

// --- What was copied works ---------------------------------------------------------------------------

for (const [version, shape] of [
  ['this one, held by its hash', 'element and script'],
  ['this one, held by its hash', 'script only'],
  ['always the newest version 1, no hash', 'element and script'],
]) {
  test(`the tag and the policy, put into a website, are all that a complaint needs: ${version}, ${shape}`, async ({ page, resident }) => {
    const site = await startHostPage();
    const service = await startService({ allowOrigins: [site.origin] });
    await resident.opens(service.url);
    await page.locator('#builder summary').click();
    const builder = new Builder(page);
    await builder.choose('Version', version);
    await builder.choose('Shape', shape);
    await builder.choose('Landlord', 'Example Homes (made up)');
    const [tag, policy] = [await builder.out('tag'), await builder.out('policy')];
    expect(tag.includes('integrity="sha384-')).toBe(version.startsWith('this'));

    site.body = tag;
    site.policy = `default-src 'none'; img-src data:; ${policy.replaceAll('\n', ' ')} require-trusted-types-for 'script'; trusted-types 'none'`;
    await resident.opens(site.origin);
    await expect(resident.screen).toContainText(say('start.title', { landlord: 'Example Homes' }));
    const account = newWords();
    await resident.skipsTo('check', saying(account));
    await resident.sends();
    expect(service.row(await resident.reference()).record.account).toBe(account);
    await service.close();
    await site.close();
  });
}

test('the tag names the service that it is told', async ({ builder }) => {
  await builder.write('Address of the service', 'https://complaints.example/ ');
  expect(await builder.out('tag')).toContain('landlord="https://complaints.example/landlords/halton.json"');
  expect(await builder.out('tag')).toContain('src="https://complaints.example/housing-complaint/');
  expect(await builder.out('policy')).toBe("script-src https://complaints.example 'wasm-unsafe-eval';\nconnect-src https://complaints.example;");
  await builder.choose('Runs in', 'a frame');
  expect(await builder.out('policy')).toContain('frame-src https://complaints.example');
  expect(await builder.out('policy')).not.toContain('wasm-unsafe-eval');
});

test('without the list of hashes only the moving address is offered', async ({ resident, page }) => {
  await page.route('**/integrity.json', (route) => route.fulfill({ status: 404 }));
  await resident.opens('/#builder');
  const builder = new Builder(page);
  await expect(builder.field('Version')).toBeDisabled();
  expect(await builder.out('tag')).toContain('/housing-complaint/v1/housing-complaint.js"');
  expect(await builder.out('tag')).not.toContain('integrity');
});

// --- The landlord's file ---------------------------------------------------------------------------------

test('a landlord’s file is checked against the Code, pasted or chosen', async ({ resident, page }) => {
  await resident.opens('/#builder');
  const builder = new Builder(page);
  const file = JSON.parse(readFileSync(path('landlords/example.json'), 'utf8'));
  await builder.field('Or paste it').fill(JSON.stringify({ ...file, times: { acknowledge: 9 }, stages: 3 }));
  await builder.panel.getByRole('button', { name: 'Check the file' }).click();
  const findings = builder.panel.locator('[data-findings] li');
  await expect(findings.filter({ hasText: '/times/acknowledge' })).toContainText('5 working days at most');
  await expect(findings.filter({ hasText: '/times/acknowledge' })).toHaveClass('error');
  await expect(builder.panel.locator('[data-verdict]')).toContainText(/^[1-9]\d* errors?, \d+ warnings?\.$/);
  expect(await axe(page)).toEqual([]);

  await builder.field('Choose a file').setInputFiles({ name: 'landlord.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(file)) });
  await expect(builder.panel.locator('[data-verdict]')).not.toContainText(/[1-9]\d* error/);
  await expect(findings.filter({ hasText: '/times/acknowledge' })).toHaveCount(0);
});

test('a service that checks no files is not asked to', async ({ resident, page }) => {
  await page.route('**/lint', (route) => route.fulfill({ status: 404 }));
  const answered = page.waitForResponse('**/lint');
  await resident.opens('/#builder');
  await answered;
  await page.locator('#builder form').waitFor();
  await expect(page.getByText('Your landlord’s file', { exact: true })).toBeHidden();
});
