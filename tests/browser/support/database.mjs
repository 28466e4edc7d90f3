// Reads what the service stored. What is newest is still in the write-ahead log beside the database,
// so a copy of both is read; the service never notices.

import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import sqlite from 'node-sqlite3-wasm';

/** All submissions, oldest first, each with its body read as `record`. */
export function rows(file) {
  return select(file, 'select * from submissions order by rowid').map((row) => ({ ...row, record: JSON.parse(row.body) }));
}

/** What is found in the database. */
export function select(file, query) {
  const folder = mkdtempSync(join(tmpdir(), 'housing-complaint-read-'));
  try {
    const copy = join(folder, 'copy.db');
    for (const part of ['', '-wal']) {
      if (existsSync(file + part)) copyFileSync(file + part, copy + part);
    }
    const database = new sqlite.Database(copy);
    try {
      // Without shared memory a write-ahead log can only be read alone.
      database.exec('pragma locking_mode = exclusive');
      return database.all(query);
    } finally {
      database.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
