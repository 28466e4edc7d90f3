// Has ajv, a validator that shares nothing with the one who wrote `schemas/`, accept what is right and
// refuse what is broken: the record of every story, receipts, and the landlords' files.
//
//   node tests/schemas/validate.mjs FOLDER-WITH-RECORDS
//
// Each broken one is a right one with a single change, so that it is refused for that and nothing else.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

const ajv = new Ajv({ strict: true, allErrors: true, allowUnionTypes: true });
addFormats(ajv);
// Rust's own names for whole numbers; their limits are in the schema as well.
for (const name of ['uint8', 'uint64']) ajv.addFormat(name, { type: 'number', validate: Number.isInteger });
const [submission, receipt, landlord] = ['submission', 'receipt', 'landlord'].map((name) =>
  ajv.compile(read(ROOT, 'schemas', `${name}.v1.json`)),
);

/** Every file of a folder, by name. */
const files = (folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => [name, read(folder, name)]);

/** Where in a value a path like `triage.flags.0` leads, but for its last step. */
const inside = (value, path) => {
  const steps = path.split('.');
  const last = steps.pop();
  const parent = steps.reduce((at, step) => at[step], value);
  assert.ok(parent && typeof parent === 'object', `nothing is at ${path}`);
  return [parent, last];
};
const set = (path, to) => (value) => {
  const [parent, last] = inside(value, path);
  assert.notDeepEqual(parent[last], to, `${path} is this already`);
  parent[last] = to;
};
const remove = (path) => (value) => {
  const [parent, last] = inside(value, path);
  assert.ok(last in parent, `${path} is not there to be removed`);
  delete parent[last];
};

const RECEIPT = {
  reference: 'K47-W92-F36',
  accessCode: '1234 5678 9012 3456',
  stage: 1,
  receivedOn: '2026-11-21',
  acknowledgeBy: '2026-11-27',
  respondBy: '2026-12-11',
  extendedBy: '2026-12-29',
};
const RECEIPTS = [
  ['of a complaint', RECEIPT],
  ['of a request, which has no dates', { reference: 'K47-W92-F36', stage: 1, receivedOn: '2026-11-21' }],
];

/** What is broken in a record of a kind. */
const BROKEN_RECORDS = [
  ['of no kind', 'complaint', remove('kind')],
  ['of a kind that does not exist', 'complaint', set('kind', 'informal_complaint')],
  ['whose kind is not a text', 'complaint', set('kind', 1)],
  ['of a request that calls itself a complaint', 'service_request', (it) => {
    it.kind = 'complaint';
    delete it.topics;
  }],
  ['without the address of its schema', 'complaint', remove('$schema')],
  ['for no landlord', 'complaint', remove('landlord')],
  ['without the edition of the landlord’s file', 'complaint', remove('configVersion')],
  ['without the version of the form', 'complaint', remove('widgetVersion')],
  ['without its language', 'complaint', remove('language')],
  ['without the moment of sending', 'complaint', remove('submittedAt')],
  ['in which nobody said whether there is danger', 'complaint', remove('danger')],
  ['with a danger that is not an answer', 'complaint', set('danger', true)],
  ['with an intent that does not exist', 'complaint', set('intent', 'shout')],
  ['for somebody who does not exist', 'complaint', set('onBehalfOf', 'the_dog')],
  ['without the resident’s own words', 'complaint', remove('account')],
  ['whose words are a list', 'complaint', set('account', ['No heating'])],
  ['without topics', 'complaint', remove('topics')],
  ['about a topic that does not exist', 'complaint', (it) => it.topics.push('weather')],
  ['whose topics are a text', 'complaint', set('topics', 'repairs')],
  ['with an outcome that does not exist', 'complaint', set('outcomeSought', ['revenge'])],
  ['with an open request that is not yes or no', 'complaint', set('serviceRequestOpen', 'yes')],
  ['found out about at a time that does not exist', 'complaint', set('whenAware', 'over_6_months')],
  ['without what was noticed', 'complaint', remove('triage')],
  ['with a flag that does not exist', 'complaint', (it) => it.triage.flags.push('vexatious')],
  ['with a hazard that does not exist', 'complaint', set('triage.hazards', ['ghosts'])],
  ['with a route that does not exist', 'complaint', set('triage.route', 'stage_0')],
  ['with advice of which the words are lost', 'complaint', set('triage.advice', [{ id: 'danger', choice: 'carry_on' }])],
  ['with a topic that nobody watches over', 'complaint', set('triage.topics', [{ topic: 'repairs', responsibility: 'us' }])],
  ['without the answers as they were shown', 'complaint', remove('answers')],
  ['with an answer of which the question is lost', 'complaint', remove('answers.0.label')],
  ['with an adjustment that does not exist', 'complaint', set('adjustments.requested', ['lift'])],
  ['with a day that is none', 'complaint', set('adjustments.reviewOn', '2026-02-30')],
  ['with a resident who is a text', 'complaint', set('resident', 'Amira Example')],
  ['with a connection to the home that does not exist', 'complaint', set('resident.home', 'owner_of_the_street')],
  ['with a way to be reached that does not exist', 'complaint', set('contact.way', 'pigeon')],
  ['by staff without a name', 'complaint', set('staff', { firstSaidOn: '2026-11-20' })],
  ['by staff who were told on no day', 'complaint', set('staff', { name: 'Cy', firstSaidOn: 'Friday' })],
  ['by a representative who can’t be reached', 'complaint', set('representative', { name: 'Bo' })],
  ['by a representative whose consent does not exist', 'complaint',
    set('representative', { name: 'Bo', contact: '01632 960001', consent: 'signed_in_blood' })],
  ['of a request without words', 'service_request', remove('account')],
  ['of a request without topics', 'service_request', remove('topics')],
  ['for stage 2 of a third of it', 'stage2', set('scope', 'third')],
  ['for stage 2 with reasons that are a list', 'stage2', set('reasons', ['unhappy'])],
  ['that adds nothing', 'addition', remove('account')],
  ['of a thank-you without words', 'feedback', remove('account')],
  ['of a comment of a kind that does not exist', 'feedback', set('feedbackKind', 'complaint')],
];

const BROKEN_RECEIPTS = [
  ['without a reference', remove('reference')],
  ['without a stage', remove('stage')],
  ['whose stage is a word', set('stage', 'one')],
  ['without the day of receipt', remove('receivedOn')],
  ['with a day that does not exist', set('receivedOn', '2026-11-31')],
  ['with a date as it is said', set('respondBy', '11 December 2026')],
];

const BROKEN_LANDLORDS = [
  ['without a name', remove('name')],
  ['of another version', set('version', 2)],
  ['without an edition', remove('configVersion')],
  ['of a kind that does not exist', set('landlordType', 'club')],
  ['that acknowledges in six days (Code 6.2)', set('times.acknowledge', 6)],
  ['that answers in eleven days (Code 6.3)', set('times.stage1', 11)],
  ['that extends stage 1 by eleven days (Code 6.4)', set('times.stage1Extension', 11)],
  ['that gives its final answer in 21 days (Code 6.14)', set('times.stage2', 21)],
  ['that extends stage 2 by 21 days (Code 6.15)', set('times.stage2Extension', 21)],
  ['that answers before it is asked', set('times.stage1', 0)],
  ['that answers in half days', set('times.stage1', 9.5)],
  ['that counts from some day or other', set('times.stage1From', 'whenever')],
  ['without the Housing Ombudsman (Code 3.7)', set('ombudsmen', ['lgsco'])],
  ['with an exclusion of its own (Code 2.2)', set('possibleExclusions', ['vexatious'])],
  ['with a channel that does not exist', (it) => it.channels.push({ kind: 'fax' })],
  ['with a channel of no kind', (it) => it.channels.push({ value: '01632 960001' })],
  ['with a policy of no name', set('policy', { url: 'https://www.example.org' })],
  ['with an authority that does not exist', set('representatives', { authority: 'notarised' })],
  ['with a topic that does not exist', set('topics', [{ topic: 'weather' }])],
  ['with notes that are one text', set('notes', 'Ring the bell.')],
];

let failures = 0;
const fail = (sentence) => {
  failures += 1;
  console.log(sentence);
};
const accept = (validate, what, value) => {
  if (!validate(value)) fail(`refused: ${what}: ${ajv.errorsText(validate.errors, { separator: '; ' })}`);
};
const refuse = (validate, what, value) => {
  if (validate(value)) fail(`accepted, and it is broken: ${what}`);
};
const changed = (value, change) => {
  const copy = structuredClone(value);
  change(copy);
  return copy;
};

const folder = process.argv[2];
if (!folder) {
  console.error('Say in which folder the records are: node tests/schemas/validate.mjs FOLDER');
  process.exit(2);
}
const records = files(folder);
for (const [name, record] of records) accept(submission, name, record);
for (const [what, kind, change] of BROKEN_RECORDS) {
  const right = records.find(([, it]) => it.kind === kind && it.answers.length > 0);
  if (right) refuse(submission, `a record ${what} (from ${right[0]})`, changed(right[1], change));
  else fail(`no story sends a record of the kind ${kind}`);
}

for (const [what, value] of RECEIPTS) accept(receipt, `a receipt ${what}`, value);
for (const [what, change] of BROKEN_RECEIPTS) refuse(receipt, `a receipt ${what}`, changed(RECEIPT, change));

const landlords = files(join(ROOT, 'landlords'));
for (const [name, file] of landlords) accept(landlord, `landlords/${name}`, file);
const example = landlords.find(([name]) => name === 'example.json')[1];
for (const [what, change] of BROKEN_LANDLORDS) refuse(landlord, `a landlord’s file ${what}`, changed(example, change));

const broken = BROKEN_RECORDS.length + BROKEN_RECEIPTS.length + BROKEN_LANDLORDS.length;
const right = records.length + RECEIPTS.length + landlords.length;
console.log(`schemas: ${right} right (${records.length} records of stories) and ${broken} broken, ${failures} judged wrongly`);
process.exit(failures > 0 ? 1 : 0);
