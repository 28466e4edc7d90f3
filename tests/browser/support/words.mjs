// The words of the page, as residents read them.

import { readFileSync } from 'node:fs';

import { wordsOf } from './landlords.mjs';
import { path } from './paths.mjs';

export const WORDS = JSON.parse(readFileSync(path('locales/en.json'), 'utf8'));
const HALTON = wordsOf('halton');

/** The sentence of this key, with its `{name}`s filled in. */
export function say(key, filled = {}) {
  if (!(key in WORDS)) throw new Error(`locales/en.json has no ${key}`);
  const all = { ...HALTON, ...filled };
  return WORDS[key].replace(/\{(\w+)\}/g, (_, name) => all[name]);
}

/** "Friday 27 November 2026", for the date "2026-11-27". */
export function longDate(date) {
  const [year, month, day] = date.split('-').map(Number);
  const at = new Date(Date.UTC(year, month - 1, day));
  const name = (options) => at.toLocaleDateString('en-GB', { ...options, timeZone: 'UTC' });
  return `${name({ weekday: 'long' })} ${day} ${name({ month: 'long' })} ${year}`;
}
