// Somebody who makes a complaint. It knows only the hooks that the widget promises.

import { expect } from '@playwright/test';

import { Mouse, SUBMIT, action } from './hands.mjs';
import { skip } from './skip.mjs';

export class Resident {
  /** `within` is the selector of the element, where a page has several. */
  constructor(page, { hands = Mouse, within = 'housing-complaint' } = {}) {
    this.page = page;
    this.within = within;
    this.screen = page.locator(`${within} [data-screen]`);
    this.hands = new hands(this.screen);
  }

  /** Opens a page and waits until the widget is there. */
  async opens(address = '/') {
    await this.page.goto(address);
    await this.screen.waitFor();
    return this;
  }

  /** The screen where the resident is, and its key: `question:account`. */
  async at() {
    return this.screen.evaluate((it) => [it.dataset.screen, it.dataset.key].filter(Boolean).join(':'));
  }

  /** Waits for this screen. */
  async comesTo(address) {
    await expect.poll(() => this.at(), { message: `comes to ${address}`, intervals: [20] }).toBe(address);
  }

  /** Does something that leads to another screen, or to a list of problems. */
  async moves(press) {
    await this.screen.evaluate((it) => { it.querySelector('[part=heading]').wasSeen = true; });
    await press();
    await this.page.waitForFunction((within) => {
      const screen = document.querySelector(within)?.shadowRoot?.querySelector('[data-screen]');
      return screen && (!screen.querySelector('[part=heading]')?.wasSeen || screen.querySelector('[data-errors]'));
    }, this.within);
  }

  async presses(name, value) {
    await this.moves(() => this.hands.press(action(name, value)));
  }

  async starts() {
    await this.presses('start');
  }

  async continues() {
    await this.moves(() => this.hands.press(SUBMIT));
  }

  /** Presses *Send*, and does not wait. */
  async sends() {
    await this.hands.press(SUBMIT);
  }

  /** The fields of this page, in its own order, and what each is: `{account: 'textarea'}`. */
  async fields() {
    return this.screen.evaluate((it) => {
      const fields = {};
      for (const control of it.querySelectorAll('input[name], textarea[name]')) fields[control.name] = control.type;
      return fields;
    });
  }

  /** Answers what this page asks, where `answers` has something for it. */
  async answers(answers) {
    for (const [name, type] of Object.entries(await this.fields())) {
      const values = answers[name];
      if (values === undefined) continue;
      if (type === 'radio' || type === 'checkbox') await this.hands.choose(name, values);
      else await this.hands.write(name, values[0]);
    }
  }

  /** What this page shows as answered: `{topics: ['repairs'], account: ['…']}`. */
  async shown() {
    return this.screen.evaluate((it) => {
      const shown = {};
      for (const control of it.querySelectorAll('input[name], textarea[name]')) {
        const isOption = control.type === 'radio' || control.type === 'checkbox';
        const values = (shown[control.name] ??= []);
        if (isOption ? control.checked : control.value) values.push(control.value);
      }
      return shown;
    });
  }

  /** Answers this page and goes on, whatever it is. */
  async goesOn(answers) {
    const at = await this.at();
    if (at === 'start') await this.starts();
    else if (at.startsWith('advice:')) await this.presses('choose', answers.choices?.[at.slice('advice:'.length)]);
    else {
      await this.answers(answers);
      await this.continues();
    }
  }

  /** Answers page by page until this screen. Says which screens it met on the way. */
  async goesTo(address, answers = PLAIN) {
    const path = [];
    for (let pages = 0; pages < 40; pages++) {
      const at = await this.at();
      if (at === address) return path;
      path.push(at);
      await this.goesOn(answers);
    }
    throw new Error(`no way to ${address} by ${path.join(', ')}`);
  }

  /** The same by script, at once: for a test that begins there. */
  async skipsTo(address, answers = PLAIN) {
    return this.page.evaluate(skip, { within: this.within, address, answers });
  }

  /** One page further, by script. */
  async skipsOne(answers = PLAIN) {
    await this.page.evaluate(skip, { within: this.within, answers, most: 1 });
  }

  /** From an open page to a sent complaint; gives its reference. */
  async complains(answers = PLAIN) {
    await this.skipsTo('check', answers);
    await this.sends();
    return this.reference();
  }

  /** The reference on the *sent* screen. */
  async reference() {
    await this.comesTo('sent');
    return (await this.screen.locator('[data-reference]').innerText()).trim();
  }
}

/** A complete complaint for oneself, with something in every field. */
export const PLAIN = {
  danger: ['no'],
  on_behalf_of: ['me'],
  representative_name: ['Ann Example'],
  representative_relationship: ['Daughter'],
  representative_contact: ['01632 960002'],
  consent: ['agreed'],
  adjustments: ['large_print', 'extra_time'],
  adjustments_own_words: ['Please speak slowly.'],
  disability: ['I do not hear well.'],
  home: ['tenant'],
  topics: ['repairs', 'heating_water'],
  reported_before: ['yes_unhappy'],
  report_reference: ['JOB 4711'],
  account: ['The boiler has been broken since Monday.\nNobody came.'],
  when: ['about 3 weeks ago'],
  still_happening: ['yes'],
  effect: ['We have no hot water.'],
  outcome: ['do_the_work', 'apology'],
  outcome_own_words: ['Mend it, please.'],
  name: ['Jo Example'],
  address: ['1 Example Street\nExampleton'],
  postcode: ['ex1 1ex'],
  email: ['jo@example.org'],
  phone: ['01632 960001'],
  contact_way: ['email'],
  safe_times: ['After 4pm'],
};

/** The same complaint in other words, so that its row can be told from all others. */
export function saying(account, others = {}) {
  return { ...PLAIN, account: [account], ...others };
}

let told = 0;
/** Words that nobody has used before. */
export function newWords(about = 'The boiler is broken') {
  told += 1;
  return `${about} (${process.pid}-${Date.now()}-${told})`;
}
