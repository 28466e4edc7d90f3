// The landlords' files, as they are served.

import { readFileSync, readdirSync } from 'node:fs';

import { path } from './paths.mjs';

const FOLDER = path('landlords/');

/** Every landlord there is, by its id. */
export const LANDLORDS = Object.fromEntries(readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(FOLDER + name, 'utf8')))
  .map((landlord) => [landlord.id, landlord]));

/** What is filled into the sentences of a page: for `say(key, wordsOf('rugby'))`. */
export function wordsOf(id, site) {
  const { name, team, words, sites = [] } = LANDLORDS[id];
  return { landlord: sites.find((it) => it.id === site)?.name ?? name, team, ...words };
}
