/** Drawings as one array of numbers, which travels to the inference worker without a copy. */
import type { Ink } from '../../shared/ink.ts';

/** For each drawing: the number of its strokes; for each stroke: the length of its list, then the list. Exact for fractions too. */
export function pack(inks: readonly Pick<Ink, 'strokes'>[]): Float64Array<ArrayBuffer> {
  let size = 0;
  for (const ink of inks) {
    size++;
    for (const stroke of ink.strokes) size += 1 + stroke.length;
  }
  const packed = new Float64Array(size);
  let at = 0;
  for (const ink of inks) {
    packed[at++] = ink.strokes.length;
    for (const stroke of ink.strokes) {
      packed[at++] = stroke.length;
      packed.set(stroke, at);
      at += stroke.length;
    }
  }
  return packed;
}

export function unpack(packed: Float64Array): Pick<Ink, 'strokes'>[] {
  const inks: Pick<Ink, 'strokes'>[] = [];
  for (let at = 0; at < packed.length; ) {
    const ink: Pick<Ink, 'strokes'> = { strokes: [] };
    for (let left = packed[at++]!; left > 0; left--) {
      const length = packed[at++]!;
      ink.strokes.push(Array.from(packed.subarray(at, at + length)));
      at += length;
    }
    inks.push(ink);
  }
  return inks;
}
