// What `npm pack` made, as a web team's tools see it, and that its types and its manifest say what the
// widget does: each name is looked up where the code has it.
//
//   cargo xtask package

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import Ajv from 'ajv';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (...path) => readFileSync(join(...path), 'utf8');
const source = (name) => read(ROOT, name);

// The package as it is after `npm install`, in the folder of a web team that uses it.
const TEAM = mkdtempSync(join(tmpdir(), 'housing-complaint-'));
after(() => rmSync(TEAM, { recursive: true, force: true }));
const npm = (...words) => execFileSync('npm', words, { cwd: TEAM, encoding: 'utf8', shell: process.platform === 'win32' });
npm('init', '--yes');
npm('install', '--offline', '--no-audit', '--no-fund', process.env.HC_PACKED);
cpSync(join(ROOT, 'tests/package/page'), TEAM, { recursive: true });
const PACKAGE = join(TEAM, 'node_modules/housing-complaint');
const manifest = JSON.parse(read(PACKAGE, 'custom-elements.json'));
const [element] = manifest.modules[0].declarations;
const names = (list) => list.map((it) => it.name).sort();

/** Every file below a folder, by its path from there. */
const files = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((it) => it.isFile())
  .map((it) => join(it.parentPath ?? it.path, it.name).slice(folder.length + 1).replaceAll('\\', '/'));

// --- What is in it -------------------------------------------------------------------------------

test('its files are those of dist/, unchanged, and nothing that a website has no use for', () => {
  const list = JSON.parse(source('dist/integrity.json'));
  assert.deepEqual(files(join(PACKAGE, 'dist')).sort(), [...Object.keys(list), 'integrity.json'].sort());
  for (const [name, integrity] of Object.entries(list)) {
    const hash = createHash('sha384').update(readFileSync(join(PACKAGE, 'dist', name))).digest('base64');
    assert.equal(`sha384-${hash}`, integrity, name);
  }
  const others = files(PACKAGE).filter((name) => !name.startsWith('dist/')).sort();
  assert.deepEqual(others, [
    'LICENSE', 'README.md', 'custom-elements.json', 'index.d.mts', 'index.d.ts', 'index.js', 'index.mjs', 'package.json',
    'schemas/landlord.v1.json', 'schemas/receipt.v1.json', 'schemas/submission.v1.json', 'types.d.ts',
  ]);
});

test('it has the version of the project', () => {
  const [, version] = /\[workspace\.package\]\nversion = "(.+)"/.exec(source('Cargo.toml'));
  assert.equal(JSON.parse(read(PACKAGE, 'package.json')).version, version);
});

test('every name in its exports leads to a file, and the script can be found by a copying tool', () => {
  const require = createRequire(join(TEAM, 'index.js'));
  for (const name of ['housing-complaint', 'housing-complaint/dist/housing-complaint.js', 'housing-complaint/dist/integrity.json',
    'housing-complaint/schemas/landlord.v1.json', 'housing-complaint/custom-elements.json', 'housing-complaint/package.json']) {
    assert.ok(require.resolve(name).startsWith(PACKAGE), name);
  }
});

test('both kinds of module say the version and the hash of the script, and touch no page when imported', async () => {
  const list = JSON.parse(source('dist/integrity.json'));
  const { version } = JSON.parse(read(PACKAGE, 'package.json'));
  const imported = await import(pathToFileURL(join(PACKAGE, 'index.mjs')));
  const required = createRequire(join(TEAM, 'index.js'))('housing-complaint');
  for (const it of [imported, required]) {
    assert.equal(it.version, version);
    assert.equal(it.integrity, list['housing-complaint.js']);
    assert.equal(typeof it.load, 'function');
  }
});

// --- Types -----------------------------------------------------------------------------------------

const tsc = (file) => {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const settings = ['--noEmit', '--strict', '--target', 'es2022', '--lib', 'es2022,dom', '--types', '', '--skipLibCheck', 'false'];
  try {
    execFileSync(process.execPath, [compiler, ...settings, '--module', 'nodenext', file], { cwd: TEAM, encoding: 'utf8' });
    return [];
  } catch (error) {
    return error.stdout.trim().split('\n');
  }
};

test('a page in TypeScript compiles against its types', () => {
  assert.deepEqual(tsc('page.mts'), []);
  assert.deepEqual(tsc('page.cts'), []);
});

test('what the form does not have is an error', () => {
  const found = tsc('wrong.mts').map((line) => line.match(/\((\d+),/)?.[1]).filter(Boolean);
  const expected = read(TEAM, 'wrong.mts').split('\n').flatMap((line, at) => (line.includes('// wrong') ? [String(at + 1)] : []));
  assert.ok(expected.length > 5);
  assert.deepEqual(found, expected);
});

// --- The same names everywhere -----------------------------------------------------------------------

const loader = ['loader.js', 'in-frame.js'].map((name) => source(`embed/${name}`)).join('\n');
const widget = readdirSync(join(ROOT, 'src'), { recursive: true })
  .filter((name) => name.endsWith('.rs'))
  .map((name) => source(join('src', name)))
  .join('\n');
const types = read(PACKAGE, 'types.d.ts');

/** Everything that the pattern finds, once, sorted. */
const all = (text, pattern) => [...new Set([...text.matchAll(pattern)].map((it) => it[1]))].sort();
/** What is between the curly brackets of this interface. */
const body = (name) => new RegExp(`interface ${name} (?:extends \\w+ )?{\n(.*?)\n}`, 's').exec(types)[1];
const camel = (name) => name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

const attributes = all(/ATTRIBUTES = \[(.*?)\]/s.exec(loader)[1], /'(.+?)'/g);

test('the manifest and the types have the attributes that the script reads', () => {
  assert.ok(attributes.length > 10, attributes.join());
  assert.deepEqual(names(element.attributes), attributes);
  assert.deepEqual(all(body('HousingComplaintAttributes'), /^ {2}'?([\w-]+)'?\?:/gm), attributes);
});

test('the manifest and the types have a property for each attribute, and no other', () => {
  const properties = attributes.map(camel).sort();
  const of = (kind) => element.members.filter((it) => it.kind === kind);
  assert.deepEqual(names(of('field')), properties);
  assert.deepEqual(names(of('method')), all(body('HousingComplaintElement'), /^ {2}(\w+)\(\): void/gm));
  for (const { name } of of('method')) assert.match(loader, new RegExp(`^ {2}${name}\\(\\) {`, 'm'));
  for (const { name, attribute } of of('field')) assert.equal(camel(attribute), name);
  for (const { name, fieldName } of element.attributes) assert.equal(camel(name), fieldName);
  assert.deepEqual(all(body('HousingComplaintOptions'), /^ {2}(\w+)\?:/gm), properties);
  // Every element of HTML has `lang`.
  const own = properties.filter((name) => name !== 'lang');
  assert.deepEqual(all(body('HousingComplaintElement'), /^ {2}get (\w+)\(/gm), own);
  assert.deepEqual(all(body('HousingComplaintElement'), /^ {2}set (\w+)\(/gm), own);
});

test('the manifest and the types have the events that are dispatched', () => {
  const events = all(`${widget}\n${loader}`, /["'](hc-[a-z-]+)["']/g);
  assert.ok(events.length >= 5, events.join());
  assert.deepEqual(names(element.events), events);
  assert.deepEqual(all(body('HousingComplaintEventMap'), /'(hc-[a-z-]+)'/g), events);
  for (const { name, type } of element.events) assert.ok(body('HousingComplaintEventMap').includes(`'${name}': ${type.text};`), name);
});

test('the manifest has the custom properties of the theme', () => {
  assert.deepEqual(names(element.cssProperties), all(source('styles/tokens.css'), /var\((--hc-[a-z-]+)/g));
});

test('the manifest has the parts that can be styled', () => {
  const parts = [
    ...all(widget, /part="([a-z-]+)"/g),
    ...all(widget, /"part", Static\("([a-z-]+)"\)/g),
    ...all(loader, /\bpart: '([a-z-]+)'/g),
  ];
  assert.deepEqual(names(element.cssParts), [...new Set(parts)].sort());
});

test('the screens and the ways in the types are those that the form tells', () => {
  const [, screens] = /screen: (.*);/.exec(body('StepDetail'));
  const [, table] = /pub fn name\(&self\) -> &'static str {(.*?)\n {4}}/s.exec(source('src/session.rs'));
  assert.deepEqual(all(screens, /'(.+?)'/g), all(table, /"(.+?)"/g));
  const [, routes] = /type Route = (.*);/.exec(types);
  const [, keys] = /impl Choice for Route {(.*?)\n}/s.exec(source('crates/domain/src/triage.rs'));
  assert.deepEqual(all(routes, /'(.+?)'/g), all(keys, /"(.+?)"/g));
});

test('the types have the codes of hc-error', () => {
  const codes = [
    ...all(loader, /(?:fail\(\w+, |giveUp\(\w+, |throw |error : )'(\w+)/g),
    ...all(source('src/settings.rs'), /code: "(\w+)"/g),
  ];
  assert.ok(codes.length > 5, codes.join());
  assert.deepEqual(all(body('ErrorDetail'), /'(\w+)'/g), [...new Set(codes)].sort());
});

test('the guide for web teams has all of them', () => {
  const guide = source('docs/embedding.md');
  const lists = [element.attributes, element.events, element.cssParts, element.cssProperties].flatMap(names);
  const codes = all(body('ErrorDetail'), /'(\w+)'/g);
  const screens = all(body('StepDetail'), /'(.+?)'/g);
  const missing = [...lists, ...codes, ...screens].filter((name) => !guide.includes(`\`${name}\``));
  assert.deepEqual(missing, []);
});

test('the manifest is one by its own schema', () => {
  const schema = JSON.parse(readFileSync(join(ROOT, 'node_modules/custom-elements-manifest/schema.json'), 'utf8'));
  const validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  assert.ok(validate(manifest), JSON.stringify(validate.errors));
  assert.ok(!validate({ ...manifest, modules: [{}] }), 'the schema refuses what is none');
  assert.equal(element.tagName, /TAG = '(.+?)'/.exec(source('embed/keeping.js'))[1]);
});
