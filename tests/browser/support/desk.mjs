// The landlord's side: keys by the service's own command, and cases without the form.

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';

import { SERVICE } from './paths.mjs';

/** A key for the officers' pages; what is done with it is noted under this name. */
export async function officersKey(service, name = 'Pat Officer', landlord = 'halton') {
  const { stdout } = await promisify(execFile)(SERVICE, [
    'keys', 'add', '--name', name, '--landlord', landlord, '--scope', 'officers', '--data', service.data,
  ]);
  return stdout.trim();
}

/** A complaint as the form would send it, but for this; gives its receipt. */
export async function complains(service, over = {}) {
  const account = over.account ?? 'There is mould in the bedroom.\nI told you in March.';
  const record = {
    kind: 'complaint',
    $schema: 'https://housing-complaint.example/schemas/submission.v1.json',
    landlord: 'halton',
    configVersion: '1',
    widgetVersion: '0.1.0',
    language: 'en',
    submittedAt: new Date().toISOString(),
    danger: 'no',
    intent: 'told',
    onBehalfOf: 'me',
    resident: { name: 'Amira Example', address: '1 Example Street\nWidnes', home: 'tenant' },
    contact: {},
    adjustments: { requested: [] },
    triage: { route: 'complaint', flags: [], advice: [] },
    answers: [
      { id: 'account', label: 'What happened?', value: account },
      { id: 'name', label: 'Your name', value: 'Amira Example' },
    ],
    topics: ['repairs'],
    account,
    outcomeSought: ['do_the_work'],
    ...over,
  };
  const answer = await fetch(new URL('/v1/submissions', service.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify(record),
  });
  const receipt = await answer.json();
  if (answer.status !== 201) throw new Error(JSON.stringify(receipt));
  return receipt;
}

/** What is at the top of everything that can be there. */
export const EVERYTHING = {
  danger: 'yes',
  onBehalfOf: 'someone_else',
  topics: ['damp_mould', 'repairs'],
  atRisk: ['child'],
  adjustments: {
    requested: ['large_print', 'interpreter'], interpreterLanguage: 'Polski', ownWords: 'Ring twice.', reviewOn: '2027-06-01',
  },
  representative: {
    name: 'Ann Example', relationship: 'Sister', contact: '01632 960002', consent: 'not_sure', mayDo: ['receive_copies'], answersTo: 'both',
  },
};

/** A complaint of which a member of staff was told so many days ago. */
export function toldBefore(days) {
  const firstSaidOn = new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
  return { onBehalfOf: 'staff', staff: { name: 'Sam Staff', firstSaidOn } };
}
