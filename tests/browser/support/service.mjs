// A real receiving service with a data folder of its own.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { rows, select } from './database.mjs';
import { SERVICE, path } from './paths.mjs';

/** Starts a service, with these flags besides; `close()` stops it and removes what it stored. */
export async function startService({ allowOrigins = [], port = 0, flags = [] } = {}) {
  const data = await mkdtemp(join(tmpdir(), 'housing-complaint-'));
  const service = new Service(data, allowOrigins, port, flags);
  await service.start();
  return service;
}

class Service {
  #process;
  #log = '';

  constructor(data, allowOrigins, port, flags) {
    this.data = data;
    this.allowOrigins = allowOrigins;
    this.port = port;
    this.flags = flags;
  }

  /** Starts it, or starts it again at the address where it was, with the same data. */
  async start() {
    if (!existsSync(SERVICE)) {
      throw new Error(`${SERVICE} is not there: build it with \`cargo build --release -p server\`, or name another in HC_SERVER_BIN`);
    }
    const options = ['serve', '--port', String(this.port), '--data', this.data, ...this.flags];
    for (const origin of this.allowOrigins) options.push('--allow-origin', origin);
    this.#process = spawn(SERVICE, options, { cwd: path('.'), stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process.stderr.on('data', (text) => { this.#log += text; });
    this.url = await this.#ready();
    this.port = new URL(this.url).port;
  }

  async #ready() {
    const lines = createInterface({ input: this.#process.stdout });
    for await (const line of lines) {
      const [, url] = /^Ready at (http:\S+\/)$/.exec(line) || [];
      if (url) return url;
    }
    throw new Error(`${SERVICE} did not start:\n${this.#log}`);
  }

  /** Stops answering, while connections are still taken: a service that hangs. */
  pause() {
    this.#process.kill('SIGSTOP');
  }

  /** Goes on after `pause()`. */
  wake() {
    this.#process.kill('SIGCONT');
  }

  /** Ends at once, as in a power cut. */
  async kill() {
    await this.#end('SIGKILL');
  }

  async close() {
    await this.#end('SIGKILL');
    await rm(this.data, { recursive: true, force: true });
  }

  async #end(signal) {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    await ended;
  }

  /** Everything that is stored, oldest first; each row with its `record`. */
  rows() {
    return rows(join(this.data, 'housing-complaint.db'));
  }

  /** Every file that was ever sent for a submission, with its bytes, where there are any. */
  files(reference) {
    const all = select(join(this.data, 'housing-complaint.db'), 'select * from uploads order by rowid');
    const own = all.filter((it) => it.reference === reference);
    return own.map((it) => ({ ...it, bytes: this.#bytes(it.file) }));
  }

  #bytes(file) {
    const whole = join(this.data, 'evidence', file);
    return existsSync(whole) ? readFileSync(whole) : undefined;
  }

  /** The row of this reference. */
  row(reference) {
    return this.rows().find((row) => row.reference === reference);
  }

  /** The rows whose account is this. */
  rowsAbout(account) {
    return this.rows().filter((row) => row.record.account === account);
  }
}

/** The dates that a landlord promises, by the service's own command, in the columns of the database. */
export async function deadlines({ landlord, kind, received_on: received }) {
  if (kind === 'service_request' || kind === 'feedback') {
    return { acknowledge_by: null, respond_by: null, extended_by: null };
  }
  const { stdout } = await promisify(execFile)(SERVICE, [
    'deadlines', '--received', received, '--stage-2-received', received, '--landlord', path(`landlords/${landlord}.json`),
  ]);
  const dates = JSON.parse(stdout);
  return kind === 'stage2'
    ? { acknowledge_by: dates.stage_2_acknowledge_by, respond_by: dates.stage_2_response_by, extended_by: dates.stage_2_extended_by }
    : { acknowledge_by: dates.acknowledge_by, respond_by: dates.stage_1_response_by, extended_by: dates.stage_1_extended_by };
}
