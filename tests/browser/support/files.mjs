// Files that a resident has on the device, for `setInputFiles`.

import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { path } from './paths.mjs';

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** A file that begins with these bytes, and goes on with noise that no other file has. */
function begun(name, mimeType, head, size) {
  return { name, mimeType, buffer: Buffer.concat([head, randomBytes(size - head.length)]) };
}

/** What every program sees as a photo. */
export const photo = (name, size = 3000) => begun(name, 'image/jpeg', Buffer.from([0xff, 0xd8, 0xff, 0xd9]), size);

/** What every program sees as a PDF. */
export const pdf = (name, size = 3000) => begun(name, 'application/pdf', Buffer.from('%PDF-1.7\n'), size);

/** A program of Windows. */
export const program = (name) => begun(name, 'image/jpeg', Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1'), 3000);

/** One of the samples of the domain that say where they were made. */
export const sample = (name) => ({
  name, mimeType: 'application/octet-stream', buffer: readFileSync(path(`crates/domain/tests/files/${name}`)),
});

/** What of these files arrives, where all is well: for `stored()`. */
export const arrived = (...files) =>
  files.map(({ name, buffer }) => ({ name, state: 'received', size: buffer.length, sha256: sha256(buffer) }));

/** The files of a reference that a service has, by what is on its disk. */
export const stored = (service, reference) =>
  service.files(reference).map(({ name, state, bytes }) => ({ name, state, size: bytes?.length, sha256: bytes && sha256(bytes) }));
