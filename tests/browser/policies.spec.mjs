// The table of docs/embedding.md: what the form needs of a page's security policy, and what is shown where
// the policy does not give it. The page is on another origin than the form; its policy is a header.

import { test as base, expect } from './support/elsewhere.mjs';
import { action } from './support/hands.mjs';
import { LANDLORDS } from './support/landlords.mjs';
import { strictest } from './support/host-page.mjs';
import { Resident, newWords, saying } from './support/resident.mjs';
import { heard } from './support/watch.mjs';

const CHILDREN = '<p>Phone our complaints team: 01632 960001.</p>';

const test = base.extend({
  /** Opens a page of the other website with one element, under this policy. */
  embed: async ({ elsewhere, page }, use) => {
    const { site, widget } = elsewhere;
    await use(async (policy, { attributes = '', script = '', landlord = `${widget}/landlords/halton.json`, waitUntil } = {}) => {
      site.policy = policy;
      site.body = `<housing-complaint landlord="${landlord}" ${attributes}>${CHILDREN}</housing-complaint>
        <script src="${widget}/housing-complaint/v1/housing-complaint.js" ${script} async></script>
        <p>${'The page goes on. '.repeat(400)}</p>`;
      await page.goto(site.origin, { waitUntil });
    });
  },
});

/** Takes what the policy refused from the list of trouble, and gives it. */
const refused = (trouble) => trouble.splice(0).map((it) => it.replace(/^policy violation: /, ''));

const withoutWasm = (widget, more = '') => strictest(widget).replace(" 'wasm-unsafe-eval'", '') + more;

// --- In the page --------------------------------------------------------------------------------------

const ENOUGH = {
  'the strictest, with Trusted Types and nothing inline': (widget) => strictest(widget),
  'a nonce and strict-dynamic': (widget) => `default-src 'none'; script-src 'nonce-abc' 'strict-dynamic' 'wasm-unsafe-eval'; connect-src ${widget}; img-src data:`,
  'unsafe-eval, as older sites have it': (widget) => `default-src 'none'; script-src ${widget} 'unsafe-eval'; connect-src ${widget}; img-src data:`,
  'none at all': () => '',
};

for (const [what, policyFor] of Object.entries(ENOUGH)) {
  test(`with this policy a complaint is sent from the page itself: ${what}`, async ({ embed, elsewhere, resident, page }) => {
    const { widget, service } = elsewhere;
    await embed(policyFor(widget), { script: 'nonce="abc"' });
    await resident.isOpen();
    expect(await page.locator('iframe').count()).toBe(0);
    const account = newWords();
    await resident.complains(saying(account));
    expect(service.rowsAbout(account)).toHaveLength(1);
  });
}

test('a policy that only reports has nothing to report', async ({ embed, elsewhere, resident }) => {
  const { widget, site } = elsewhere;
  site.onlyReports = true;
  await embed(strictest(widget));
  site.onlyReports = false;
  await resident.isOpen();
  await resident.complains();
});

test('an integrity hash on the tag covers the whole chain, at the address that never changes', async ({ elsewhere, page, resident }) => {
  const { widget, site } = elsewhere;
  const version = await page.request.get(`${widget}/housing-complaint/v1/housing-complaint.js`).then((it) => it.text()).then((it) => /version:"([\d.]+)"/.exec(it)[1]);
  const folder = `${widget}/housing-complaint/${version}`;
  const hashes = await page.request.get(`${folder}/integrity.json`).then((it) => it.json());
  site.policy = strictest(widget);
  site.body = `<script src="${folder}/housing-complaint.js" integrity="${hashes['housing-complaint.js']}" crossorigin="anonymous"
    data-landlord="${widget}/landlords/halton.json" async></script>`;
  const answers = [];
  page.on('response', (it) => { if (it.url().startsWith(folder)) answers.push(it); });
  await page.goto(site.origin);
  await resident.isOpen();
  const fetched = () => answers.map((it) => it.url().slice(folder.length + 1)).sort();
  await expect.poll(fetched).toEqual(Object.keys(hashes).filter((it) => !it.startsWith('frame.')).sort());
  for (const it of answers) expect(it.headers()['cache-control']).toContain('immutable');
});

/** Somebody inside the frame, once the form is there. */
async function inFrame(page) {
  const frame = await (await page.waitForSelector('housing-complaint iframe', { state: 'attached' })).contentFrame();
  const resident = new Resident(frame);
  await resident.isOpen();
  return resident;
}

// --- In a frame -----------------------------------------------------------------------------------------

for (const [what, attributes] of Object.entries({ 'where WebAssembly may not run': '', 'where the tag asks for it': 'mode="frame"' })) {
  test(`${what}, the form stands in a frame, and a complaint is sent from there`, async ({ embed, elsewhere, page, trouble }) => {
    const { widget, service } = elsewhere;
    await embed(withoutWasm(widget, `; frame-src ${widget}`), { attributes });
    const resident = await inFrame(page);
    const frame = page.locator('iframe');
    await expect(frame).toHaveAttribute('title', 'Complaint form');
    await expect(page.locator('housing-complaint [data-screen]')).toHaveCount(0);
    // As high as what is in it: nothing scrolls inside.
    const height = async () => (await frame.boundingBox()).height;
    await expect.poll(async () => Math.abs(await height() - (await resident.page.locator('housing-complaint').boundingBox()).height)).toBeLessThan(2);

    const account = newWords();
    await resident.complains(saying(account));
    expect(service.rowsAbout(account)).toHaveLength(1);
    const steps = await heard(page, 'hc-step');
    expect(steps.map((it) => it.screen)).toContain('check');
    expect(await heard(page, 'hc-submitted')).toHaveLength(1);
    expect((await heard(page, 'hc-ready'))).toHaveLength(1);
    // The page hears of nothing that was typed.
    expect(JSON.stringify(await heard(page))).not.toContain(account);
    const violations = refused(trouble);
    expect(violations.filter((it) => !/^script-src wasm-eval/.test(it))).toEqual([]);
    expect(violations.length).toBeLessThanOrEqual(attributes ? 0 : 1);
  });
}

test('in a frame the page scrolls with the steps, and Start is honoured before the frame is there', async ({ embed, elsewhere, page, trouble }) => {
  const { widget } = elsewhere;
  let go;
  const held = new Promise((done) => { go = done; });
  await page.route('**/frame.html*', async (route) => {
    await held;
    await route.continue();
  });
  await embed(withoutWasm(widget, `; frame-src ${widget}`), { attributes: 'mode="frame"', waitUntil: 'commit' });
  await page.locator('housing-complaint [data-action=start]').click();
  go();
  const resident = await inFrame(page);
  await resident.comesTo('question:danger');
  await expect(resident.screen.locator('[part=heading]')).toBeFocused();
  for (const next of ['question:intent', 'question:on_behalf_of']) {
    await page.evaluate(() => scrollTo(0, 500));
    await resident.goesOn({ danger: ['no'], intent: ['complain'] });
    await resident.comesTo(next);
    await expect.poll(async () => (await resident.screen.locator('[part=heading]').boundingBox()).y, 'in view').toBeGreaterThanOrEqual(0);
  }
  expect(refused(trouble)).toEqual([]);
});

test('a landlord’s file that only the page can read comes to the frame with it, however late', async ({ embed, elsewhere, page }) => {
  const { widget, site } = elsewhere;
  await page.route(`${site.origin}/ours.json`, async (route) => {
    await new Promise((later) => { setTimeout(later, 1500); });
    await route.fulfill({ json: LANDLORDS.rugby });
  });
  await embed(`${withoutWasm(widget)}; frame-src ${widget}; connect-src 'self'`.replace(`connect-src ${widget};`, ''), { attributes: 'mode="frame"', landlord: '/ours.json' });
  const resident = await inFrame(page);
  await expect(resident.screen).toContainText('Rugby Borough Council');
});

test('two frames for one landlord keep their answers apart', async ({ embed, elsewhere, page }) => {
  const { widget, site } = elsewhere;
  await embed(`${withoutWasm(widget)}; frame-src ${widget}`, { attributes: 'mode="frame"' });
  site.body = `${site.body.match(/<housing-complaint.*<\/housing-complaint>/)[0]}${site.body}`;
  await page.goto(site.origin);
  const frames = page.locator('iframe');
  await expect(frames).toHaveCount(2);
  const people = [];
  for (const frame of await frames.elementHandles()) {
    const resident = new Resident(await frame.contentFrame());
    await resident.isOpen();
    people.push(resident);
  }
  await people[0].skipsTo('question:account');
  await people[1].skipsTo('question:intent');
  // A moment before an end is enough (see kills.spec.mjs); none at all is not promised.
  await page.waitForTimeout(500);
  await page.reload();
  const places = [];
  for (const frame of await frames.elementHandles()) {
    const resident = new Resident(await frame.contentFrame());
    await resident.isOpen();
    places.push(await resident.at());
  }
  expect(places).toEqual(['question:account', 'question:intent']);
});

test('the frame answers nobody but the page around it, and the page nobody but the frame', async ({ embed, elsewhere, page, trouble }) => {
  const { widget, site } = elsewhere;
  await embed(withoutWasm(widget, `; frame-src ${widget}`), { attributes: 'mode="frame"' });
  await inFrame(page);
  const height = await page.locator('iframe').getAttribute('height');
  // From this window, and not from the frame.
  await page.evaluate(() => postMessage({ hc: 1, type: 'height', height: 5 }, '*'));
  await page.evaluate(() => postMessage({ hc: 1, type: 'event', name: 'hc-submitted', detail: {} }, '*'));
  // A frame that was told of another page than the one around it says nothing.
  const stranger = await page.evaluate(async ([from, told]) => {
    const frame = document.createElement('iframe');
    const heardOf = [];
    addEventListener('message', (event) => { if (event.source === frame.contentWindow) heardOf.push(event.data); });
    frame.src = `${from}/housing-complaint/v1/frame.html?host=${encodeURIComponent(told)}`;
    document.body.append(frame);
    await new Promise((loaded) => { frame.onload = loaded; });
    await new Promise((done) => { setTimeout(done, 1500); });
    return heardOf;
  }, [widget, 'https://www.example.org']);
  expect(stranger).toEqual([]);
  expect(await page.locator('housing-complaint iframe').getAttribute('height')).toBe(height);
  expect(await heard(page, 'hc-submitted')).toEqual([]);
  expect(site.origin).not.toBe(widget);
  refused(trouble);
});

test('a website that may not use the service can’t frame the form, and its own words stay', async ({ elsewhere, page, trouble, service }) => {
  const { site } = elsewhere;
  const stranger = service.url.slice(0, -1);
  site.policy = '';
  site.body = `<housing-complaint landlord="${stranger}/landlords/halton.json" mode="frame">${CHILDREN}</housing-complaint>
    <script src="${stranger}/housing-complaint/v1/housing-complaint.js"></script>`;
  await page.goto(site.origin);
  const resident = new Resident(page);
  await resident.comesTo('failed');
  await expectOwnWords(resident, page);
  expect(await heard(page, 'hc-error')).toEqual([{ code: 'frame_blocked' }]);
  trouble.splice(0);
});

// --- Neither -------------------------------------------------------------------------------------------

const NEITHER = {
  'neither WebAssembly nor frames': { policy: (widget) => withoutWasm(widget), code: 'frame_blocked' },
  'no WebAssembly, and the tag wants no frame': { policy: (widget) => withoutWasm(widget), attributes: 'mode="inline"', code: 'wasm_blocked' },
  'nothing to be fetched': { policy: (widget) => strictest(widget).replace(/connect-src \S+;/, ''), code: 'wasm_failed' },
};

for (const [what, { policy, attributes, code }] of Object.entries(NEITHER)) {
  test(`where the policy allows ${what}, the page’s own words and the Ombudsman stay`, async ({ embed, elsewhere, resident, page, trouble }) => {
    await embed(policy(elsewhere.widget), { attributes });
    await resident.comesTo('failed');
    await expectOwnWords(resident, page);
    expect(await heard(page, 'hc-error')).toEqual([{ code }]);
    expect(refused(trouble).length).toBeGreaterThan(0);
  });
}

test('where the policy allows no script, the page’s own words are all there is', async ({ embed, page, trouble }) => {
  await embed("default-src 'none'");
  await expect(page.getByText('01632 960001')).toBeVisible();
  await expect(page.getByText('The page goes on.').first()).toBeVisible();
  expect(refused(trouble).filter((it) => it.startsWith('script-src'))).toHaveLength(1);
});

async function expectOwnWords(resident, page) {
  await expect(page.getByText('01632 960001')).toBeVisible();
  await expect(resident.screen.locator('[data-rights]')).toContainText('0300 111 3000');
  await expect(resident.screen.locator(action('retry'))).toBeVisible();
}
