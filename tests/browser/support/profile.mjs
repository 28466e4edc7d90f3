// Looks through everything that a browser has written into a profile, as somebody would who uses it next.

import { readFile, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { gunzipSync, inflateSync } from 'node:zlib';

/** In which files below `folder` these words stand: `{word: [file, …]}`. */
export async function searchProfile(folder, words) {
  const found = Object.fromEntries(words.map((word) => [word, []]));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    // The browser may have dropped it meanwhile.
    const bytes = await readFile(file).catch(() => Buffer.alloc(0));
    const texts = readings(entry.name, bytes);
    for (const word of words) {
      const forms = [Buffer.from(word), Buffer.from(word, 'utf16le')];
      if (texts.some((text) => forms.some((form) => text.includes(form)))) found[word].push(relative(folder, file));
    }
  }
  return found;
}

/** The bytes as they are, and as they are read by whoever knows the format. */
function readings(name, bytes) {
  const read = [bytes];
  if (name.endsWith('.log')) read.push(readLog(bytes));
  if (name.endsWith('.ldb')) read.push(...readTable(bytes));
  read.push(...inflated(bytes, Buffer.from([0x1f, 0x8b, 0x08]), gunzipSync));
  read.push(...inflated(bytes, Buffer.from([0x78, 0x9c]), inflateSync));
  return read;
}

function inflated(bytes, begin, inflate) {
  const read = [];
  for (let at = bytes.indexOf(begin); at >= 0 && read.length < 100; at = bytes.indexOf(begin, at + 1)) {
    try {
      read.push(inflate(bytes.subarray(at)));
    } catch { /* it only looked like one */ }
  }
  return read;
}

/** LevelDB's log: blocks of 32 KiB with records, which may go on in the next block. */
function readLog(bytes) {
  const parts = [];
  for (let block = 0; block < bytes.length; block += 32768) {
    const end = Math.min(block + 32768, bytes.length);
    for (let at = block; at + 7 <= end;) {
      const length = bytes.readUInt16LE(at + 4);
      parts.push(bytes.subarray(at + 7, at + 7 + length));
      at += 7 + length;
    }
  }
  return Buffer.concat(parts);
}

/** LevelDB's tables: an index at the end leads to blocks, most of them compressed by Snappy. */
function readTable(bytes) {
  const FOOTER = 48;
  if (bytes.length < FOOTER) return [];
  const footer = reader(bytes.subarray(bytes.length - FOOTER));
  footer.number();
  footer.number();
  const index = block(bytes, footer.number(), footer.number());
  return entries(index).map((handle) => {
    const it = reader(handle);
    return block(bytes, it.number(), it.number());
  });
}

function block(bytes, at, length) {
  const content = bytes.subarray(at, at + length);
  return bytes[at + length] === 1 ? unsnap(content) : content;
}

/** The values of a block. */
function entries(content) {
  const restarts = content.readUInt32LE(content.length - 4);
  const it = reader(content.subarray(0, content.length - 4 - 4 * restarts));
  const values = [];
  while (!it.isDone()) {
    it.number();
    const [own, length] = [it.number(), it.number()];
    it.take(own);
    values.push(it.take(length));
  }
  return values;
}

function reader(bytes) {
  let at = 0;
  return {
    isDone: () => at >= bytes.length,
    byte: () => bytes[at++],
    take: (length) => bytes.subarray(at, (at += length)),
    /** LEB128. */
    number() {
      let value = 0;
      for (let factor = 1; ; factor *= 128) {
        const byte = bytes[at++];
        value += (byte & 127) * factor;
        if (byte < 128 || byte === undefined) return value;
      }
    },
  };
}

/** Snappy's raw format: literals, and copies of what came before. */
export function unsnap(content) {
  const it = reader(content);
  const out = Buffer.alloc(it.number());
  let end = 0;
  const little = (count) => it.take(count).reduce((value, byte, index) => value + byte * 256 ** index, 0);
  while (!it.isDone()) {
    const tag = it.byte();
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >> 2;
      const length = (short < 60 ? short : little(short - 59)) + 1;
      end += it.take(length).copy(out, end);
      continue;
    }
    const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const back = kind === 1 ? (tag >> 5) * 256 + it.byte() : little(kind === 2 ? 2 : 4);
    for (let copied = 0; copied < length; copied++, end++) out[end] = out[end - back];
  }
  return out;
}
