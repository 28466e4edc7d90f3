// Where things are.

import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../../', import.meta.url);

/** A path below the project's root. */
export function path(below) {
  return fileURLToPath(new URL(below, ROOT));
}

export const SERVICE = process.env.HC_SERVER_BIN || path('target/release/housing-complaint');
