// How much two pictures differ.

import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

/** The share of pixels that somebody could tell apart; all of them, where the sizes are not the same. */
export function difference(one, other) {
  const [a, b] = [PNG.sync.read(one), PNG.sync.read(other)];
  if (a.width !== b.width || a.height !== b.height) return 1;
  return pixelmatch(a.data, b.data, undefined, a.width, a.height, { threshold: 0.1 }) / (a.width * a.height);
}
