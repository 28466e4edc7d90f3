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
    await this.isOpen();
    return this;
  }

  /** Waits until the widget has taken over from the first screen that the script draws. */
  async isOpen() {
    await this.page.locator(`${this.within} .widget:not(.first) [data-screen]`).waitFor();
  }

  /** The screen where the resident is, and its key: `question:account`. */
  async at() {
    return this.screen.evaluate((it) => [it.dataset.screen, it.dataset.key].filter(Boolean).join(':'));
  }

  /** Waits for this screen. */
  async comesTo(address) {
    await expect.poll(() => this.at(), { message: `comes to ${address}`, intervals: [20] }).toBe(address);
  }

  /** Waits until the browser's history has this screen too: it is written after the screen is drawn. */
  async isInHistory(address) {
    await this.page.waitForFunction((it) => Object.values(history.state?.['housing-complaint'] ?? {}).includes(it), address);
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
      if (name === 'account') await this.isUnderstood();
    }
  }

  /** Nobody types a story before the form has what words mean; a program does (`watch`). */
  async isUnderstood() {
    await this.page.waitForFunction(() => window.meaning !== 'due', undefined, { timeout: 5_000 }).catch(() => {});
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

  /** This page shows exactly these answers, as far as it asks for them. */
  async shows(answers) {
    const shown = await this.shown();
    const wanted = Object.keys(shown).map((name) => [name, answers[name] ?? []]);
    expect(shown).toEqual(Object.fromEntries(wanted));
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

  /** Answers page by page until this screen; `answers.choices` has the ways at advice. Says which screens it met. */
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

  /** From an open page to what was sent; gives its reference. */
  async complains(answers = PLAIN) {
    await this.skipsTo('check', answers);
    await this.sends();
    return this.reference();
  }

  /** Leaves what was typed or sent before, and opens a page. */
  async opensAnew(address) {
    await this.page.evaluate(() => sessionStorage.clear());
    return this.opens(address);
  }

  /** Presses *Change* for a question on the check page, by its title. */
  async changes(title) {
    const button = this.screen.getByRole('button', { name: title });
    await this.moves(() => button.click());
  }

  /** What the screen says. */
  async text() {
    return this.screen.innerText();
  }

  /** The reference on the *sent* screen. */
  async reference() {
    await this.comesTo('sent');
    return (await this.screen.locator('[data-reference]').innerText()).trim();
  }
}

/** Boxes in which only a day can be written. */
export const DAYS = ['first_said', 'adjustments_review'];

/** What was typed so long before an end must be there afterwards, in milliseconds: no hand is quicker (decision 0015). */
export const GRACE = 300;

/** A complete complaint for oneself, about something that was reported before, with something in every field
 * of every landlord's form. */
export const PLAIN = {
  site: ['vale'],
  danger: ['no'],
  intent: ['told'],
  on_behalf_of: ['me'],
  staff_name: ['Sam Staff'],
  first_said: ['2/11/2026'],
  group_members: ['Ali and Bea, 2 and 3 Example Street'],
  representative_name: ['Ann Example'],
  representative_relationship: ['Daughter'],
  representative_contact: ['01632 960002'],
  consent: ['agreed'],
  may_do: ['receive_copies', 'decide'],
  answers_to: ['both'],
  adjustments: ['large_print', 'extra_time'],
  interpreter_language: ['Polish'],
  adjustments_own_words: ['Please speak slowly.'],
  adjustments_review: ['1 June 2027'],
  disability: ['I do not hear well.'],
  disability_consent: ['yes'],
  topics: ['repairs', 'heating_water'],
  at_risk: ['child', 'older_person'],
  report_open: ['yes'],
  report_reference: ['JOB 4711'],
  // Nothing in it that the form listens for: that would be another page on the way.
  account: ['The back gate has squeaked since Monday.\nIt is beside the bins.'],
  effect: ['We hear it at night.'],
  complaint_reference: ['K47-W92-F36'],
  scope: ['part'],
  feedback_kind: ['compliment'],
  when: ['about 3 weeks ago'],
  still_happening: ['yes'],
  outcome: ['do_the_work', 'apology'],
  outcome_own_words: ['Mend it, please.'],
  when_aware: ['within_12_months'],
  claim_at_court: ['no'],
  already_answered: ['no'],
  late_reason: ['I was in hospital.'],
  name: ['Jo Example'],
  address: ['1 Example Street\nExampleton'],
  postcode: ['ex1 1ex'],
  home: ['tenant'],
  email: ['jo@example.org'],
  phone: ['01632 960001'],
  contact_way: ['email'],
  safe_times: ['After 4pm'],
  updates: ['weekly'],
};

/** As little as can be answered, whatever it is for. */
export const LEAST = {
  site: ['vale'],
  danger: ['no'],
  intent: ['complain'],
  on_behalf_of: ['me'],
  staff_name: ['Sam Staff'],
  representative_name: ['Ann Example'],
  representative_contact: ['01632 960002'],
  consent: ['not_sure'],
  topics: ['other'],
  account: ['It squeaks.'],
  name: ['Jo Example'],
  address: ['1 Example Street'],
};

/** The same in other words, so that its row can be told from all others. */
export function saying(account, others = {}) {
  return { ...PLAIN, account: [account], ...others };
}

let told = 0;
/** Words that nobody has used before. */
export function newWords(about = 'The back gate squeaks') {
  told += 1;
  return `${about} (${process.pid}-${Date.now()}-${told})`;
}
