/// <reference path="./gifenc.d.ts" />
/** Frames as a GIF that plays without end. */
import { GIFEncoder } from 'gifenc/dist/gifenc.esm.js';
import type { Frame } from './frames.ts';
import { CLEAR, PALETTE } from './frames.ts';

/** Bits of an index into the palette. */
const DEPTH = Math.ceil(Math.log2(PALETTE.length));
/** Of a frame's control block, before its place in the picture. */
const CONTROL_BYTES = 8;
/** In a GIF's terms: what was painted stays. */
const KEEP = 1;

/** Yields after each frame how many are done, so that a page can do other things in between. */
export function* gifOf(frames: Iterable<Frame>): Generator<number, Uint8Array<ArrayBuffer>> {
  const gif = GIFEncoder({ auto: false, initialCapacity: 128 * 1024 });
  gif.writeHeader();
  let done = 0;
  for (const { x, y, width, height, pixels, delay } of frames) {
    const first = done === 0;
    const begin = gif.bytesView().length;
    const options = { delay, first, colorDepth: DEPTH, dispose: KEEP, transparent: !first, transparentIndex: CLEAR };
    gif.writeFrame(pixels, width, height, first ? { ...options, palette: PALETTE } : options);
    // gifenc has every frame at 0, 0. Frames of only what changed are a fraction of the size, so their place is written here.
    if (!first) new DataView(gif.buffer, begin + CONTROL_BYTES + 1).setUint32(0, (y << 16) | x, true);
    yield ++done;
  }
  gif.finish();
  return gif.bytes();
}
