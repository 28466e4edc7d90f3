// A browser that translates the page takes the texts out from under the form and puts others in their place. The
// form goes on, keeps what was typed, and what it shows is never left over from before.

import { SUBMIT, action } from './support/hands.mjs';
import { intercept, signal } from './support/moments.mjs';
import { LEAST, PLAIN, Resident, newWords, saying } from './support/resident.mjs';
import { test as base, expect } from './support/test.mjs';
import { EVERYTHING_HEARD, LONGEST } from './support/tour.mjs';
import { translate, translated } from './support/translator.mjs';
import { heard } from './support/watch.mjs';
import { say } from './support/words.mjs';

const test = base.extend({
  /** Makes the same journey in a page as it is and in one that is translated as soon as its texts are there (or a
   * moment later), and compares every screen and every record. */
  inBoth: async ({ context, service }, use) => {
    await use(async (journey, { address = '/', landlord = 'halton', after = 0 } = {}) => {
      const account = newWords();
      const tales = [];
      for (const isTranslated of [false, true]) {
        const page = await context.newPage();
        const errors = errorsOf(page);
        if (isTranslated) await translate(page, after);
        const reader = new Reader(page, { isTranslated, account });
        await reader.opens(address);
        const references = (await journey(reader)) ?? [];
        expect(errors, 'errors in the console').toEqual([]);
        expect(await heard(page, 'hc-error')).toEqual([]);
        if (isTranslated) expect(await page.evaluate(() => window.translations)).toBeGreaterThan(50);
        tales.push({ seen: reader.seen, records: references.map((it) => withoutChance(service.row(it).record)) });
        await page.close();
      }
      const [plain, other] = tales;
      expect(other.seen).toEqual(plain.seen);
      expect(other.records).toEqual(plain.records);
      expect(plain.records.length).toBeGreaterThan(0);
    });
  },
});

// Each journey is made twice, and every screen of it is read.
test.describe.configure({ timeout: 180_000 });

/** A resident who notes what each screen says, in the words of the form. */
class Reader extends Resident {
  seen = [];

  constructor(page, { isTranslated, account }) {
    super(page);
    this.isTranslated = isTranslated;
    this.account = account;
  }

  original(text) {
    return this.isTranslated ? translated(text) : text;
  }

  /** Notes what this screen says and what is entered, once nothing changes any more. */
  async looks() {
    const text = await this.screen.evaluate(async (screen, isTranslated) => {
      const told = () => {
        const hasNew = [...screen.querySelectorAll('*')].some((it) => !it.closest('font, textarea, [translate=no]')
          && [...it.childNodes].some((one) => one.nodeType === Node.TEXT_NODE && one.data.trim()));
        return isTranslated && hasNew ? undefined : screen.innerText;
      };
      let [before, now] = [undefined, told()];
      for (let waits = 0; now === undefined || before !== now; waits++) {
        if (waits > 100) throw new Error('the screen never rests');
        await new Promise((done) => { setTimeout(done, 20); });
        [before, now] = [now, told()];
      }
      return now;
    }, this.isTranslated);
    const lines = withoutReferences(this.original(text)).split('\n').filter(Boolean);
    this.seen.push({ at: await this.at(), lines, shown: await this.shown() });
  }

  async opens(address) {
    await super.opens(address);
    await this.looks();
    return this;
  }

  async moves(press) {
    await super.moves(press);
    await this.looks();
  }

  async answers(answers) {
    await super.answers(answers);
    await this.looks();
  }

  async reference() {
    await this.comesTo('sent');
    await this.looks();
    const shown = this.screen.locator('[data-reference]');
    const reference = (await shown.innerText()).trim();
    return (await shown.locator('font').count()) ? this.original(reference) : reference;
  }

  /** Page by page to the check page; presses *Continue* before each answer, too. */
  async stumblesTo(address, answers) {
    for (let pages = 0; pages < 40; pages++) {
      const at = await this.at();
      if (at === address) return;
      if (at.startsWith('question:')) {
        const email = this.screen.locator('input[type=email]');
        if (await email.count()) await email.fill('jo');
        await this.continues();
        if ((await this.at()) !== at) {
          await this.presses('back');
          await this.continues();
          continue;
        }
      }
      await this.goesOn(answers);
    }
  }
}

const withoutReferences = (text) => text
  .replace(/\b[A-Z0-9]{3}(-[A-Z0-9]{3}){2}\b/g, '(reference)')
  .replace(/\b\d{4}( \d{4}){3}\b/g, '(code)');

const MOMENT = /\b\d{4}-\d\d-\d\dT[\d:.]+Z/g;

/** A record without what is never the same twice. */
function withoutChance(record) {
  return JSON.parse(withoutReferences(JSON.stringify(record)).replace(MOMENT, '(moment)'));
}

/** What a page says in the console about something that went wrong; an answer that a test made up is none. */
function errorsOf(page) {
  const errors = [];
  page.on('console', (it) => {
    const isAnswer = it.location().url.endsWith('/v1/submissions');
    if (['error', 'warning'].includes(it.type()) && !isAnswer) errors.push(it.text());
  });
  return errors;
}

// --- Journeys --------------------------------------------------------------------------------------

for (const [when, after] of [['at once', 0], ['a moment later', 60]]) {
  test(`a complaint about everything, for somebody else, in a page that is translated ${when}`, async ({ inBoth }) => {
    await inBoth(async (reader) => {
      await reader.goesTo('check', { ...LONGEST, account: [reader.account] });
      await reader.sends();
      return [await reader.reference()];
    }, { after });
  });
}

test('a complaint with every problem on the way, in a page that is translated', async ({ inBoth }) => {
  await inBoth(async (reader) => {
    const answers = { ...LEAST, on_behalf_of: ['someone_else'], email: ['jo@example.org'], account: [reader.account] };
    await reader.stumblesTo('check', answers);
    await reader.sends();
    return [await reader.reference()];
  }, { address: '/?landlord=south-and-vale' });
});

test('a problem that becomes another one, in a page that is translated', async ({ inBoth }) => {
  await inBoth(async (reader) => {
    const answers = { ...LEAST, on_behalf_of: ['staff'], account: [reader.account] };
    await reader.goesTo('question:staff', answers);
    for (const day of ['the other day', '1 June 2090']) {
      await reader.answers({ ...answers, first_said: [day] });
      await reader.screen.locator(SUBMIT).click();
      await reader.looks();
    }
    await reader.answers({ first_said: ['2/11/2026'] });
    await reader.goesTo('check', answers);
    await reader.sends();
    return [await reader.reference()];
  });
});

test('a name that need not be given any more, in a page that is translated', async ({ inBoth }) => {
  await inBoth(async (reader) => {
    const answers = { ...PLAIN, intent: ['add'], account: [reader.account] };
    await reader.goesTo('question:you', answers);
    for (const reference of ['K47-W92-F36', '', 'K47-W92-F36']) await reader.answers({ complaint_reference: [reference] });
    await reader.goesTo('check', answers);
    await reader.sends();
    return [await reader.reference()];
  });
});

test('a request that becomes a complaint, in a page that is translated', async ({ inBoth }) => {
  await inBoth(async (reader) => {
    await reader.goesTo('check', { ...PLAIN, intent: ['report'], choices: { first_report: 'request' }, account: [reader.account] });
    await reader.sends();
    const request = await reader.reference();
    await reader.hands.press(action('make_complaint'));
    await expect.poll(async () => (await heard(reader.page, 'hc-submitted')).length).toBe(2);
    return [request, await reader.reference()];
  });
});

test('advice on what was written, in a page that is translated', async ({ inBoth }) => {
  await inBoth(async (reader) => {
    const answers = { ...PLAIN, intent: ['report'], account: [`${EVERYTHING_HEARD} ${reader.account}`] };
    const path = await reader.goesTo('check', { ...answers, choices: { first_report: 'request', unhappy: 'complaint' } });
    expect(path).toEqual(expect.arrayContaining(['advice:careful', 'advice:urgent', 'advice:unhappy']));
    await reader.sends();
    return [await reader.reference()];
  });
});

test('a comment that becomes a complaint before it is sent, in a page that is translated', async ({ inBoth }) => {
  await inBoth(async (reader) => {
    await reader.goesTo('question:feedback', { ...LEAST, intent: ['feedback'] });
    await reader.answers({ account: [reader.account], feedback_kind: ['comment'] });
    await reader.presses('make_complaint');
    await reader.goesTo('check', { ...LEAST, account: [reader.account] });
    await reader.sends();
    return [await reader.reference()];
  });
});

test('an answer that is looked at again (stage 2), for a group, in a page that is translated', async ({ inBoth }) => {
  await inBoth(async (reader) => {
    await reader.goesTo('check', { ...PLAIN, intent: ['stage2'], on_behalf_of: ['group'], account: [reader.account] });
    await reader.sends();
    return [await reader.reference()];
  }, { address: '/?start=stage2&source=survey&landlord=example' });
});

test('a slow sending that fails and is tried again, in a page that is translated', async ({ inBoth }) => {
  await inBoth(async (reader) => {
    const { page } = reader;
    const answered = signal();
    await intercept(page, async (route, number) => {
      if (number > 1) return route.continue();
      await answered.given;
      return route.fulfill({ status: 404, body: '' });
    });
    await reader.goesTo('check', { ...LEAST, account: [reader.account] });
    await reader.sends();
    await reader.comesTo('sending');
    await reader.looks();
    const hasFocus = () => reader.screen.evaluate((it) => it.getRootNode().activeElement?.matches('[part=heading]'));
    expect(await hasFocus()).toBe(true);
    await expect(reader.screen.getByRole('status')).not.toHaveText('', { timeout: 15_000 });
    await reader.looks();
    expect(await hasFocus(), 'the heading keeps focus while the page says more').toBe(true);
    answered.give();
    await reader.comesTo('not-sent');
    await reader.looks();
    await reader.hands.press(action('retry'));
    return [await reader.reference()];
  });
});

test('answers that are changed from the check page, until it is another way, in a page that is translated', async ({ inBoth }) => {
  await inBoth(async (reader) => {
    const answers = { ...PLAIN, account: [reader.account] };
    await reader.goesTo('check', answers);
    await reader.changes(say('question.topics.title'));
    await reader.answers({ topics: ['anti_social_behaviour'] });
    await reader.continues();
    await reader.goesTo('check', answers);
    await reader.changes(say('question.intent.title'));
    await reader.answers({ intent: ['stage2'] });
    await reader.continues();
    await reader.goesTo('check', { ...answers, intent: ['stage2'] });
    await reader.sends();
    return [await reader.reference()];
  });
});

test('the browser’s Back and Forward, a reload, and clearing it all, in a page that is translated', async ({ inBoth, trouble }) => {
  trouble.answer[say('confirm.clear')] = true;
  trouble.answer[say('confirm.again')] = true;
  await inBoth(async (reader) => {
    const { page } = reader;
    const answers = { ...LEAST, account: [reader.account] };
    await reader.goesTo('question:topics', answers);
    for (const go of ['goBack', 'goBack', 'goForward']) await reader.moves(() => page[go]());
    while ((await reader.at()) !== 'start') await reader.presses('back');
    await reader.screen.locator(action('clear')).click();
    await reader.comesTo('keep');
    await reader.looks();
    await reader.screen.locator(action('clear')).click();
    await expect(reader.screen.locator(action('clear'))).toHaveCount(0);
    await reader.looks();
    await reader.goesTo('question:account', answers);
    await reader.answers({ account: ['half a sentence'] });
    await page.reload();
    await reader.screen.waitFor();
    await reader.looks();
    await reader.goesTo('check', answers);
    await reader.sends();
    const reference = await reader.reference();
    await page.goBack();
    await reader.screen.getByRole('status').waitFor();
    await reader.looks();
    await reader.presses('again');
    return [reference];
  });
});

test('answers that nothing keeps, and the words that say so, in a page that is translated', async ({ inBoth }) => {
  await inBoth(async (reader) => {
    await reader.goesTo('check', { ...LEAST, danger: ['yes'], account: [reader.account] });
    await reader.sends();
    return [await reader.reference()];
  }, { address: '/?drafts=off' });
});
