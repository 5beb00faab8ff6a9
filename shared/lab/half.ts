/** Numbers in 16 bits (IEEE 754 binary16), half of what a weight needs in memory. Browsers' own `Float16Array` is too new. */

/** Below this, steps are even. */
const SMALLEST_NORMAL = 2 ** -14;
const SUBNORMAL_STEP = 2 ** -24;
const INFINITE = 0x7c00;

/** Numbers beyond 65,504 become infinite. */
export const toHalves = (numbers: Float32Array): Uint16Array => Uint16Array.from(numbers, toHalf);

export const fromHalves = (halves: Uint16Array): Float32Array => Float32Array.from(halves, fromHalf);

function toHalf(number: number): number {
  const sign = number < 0 ? 0x8000 : 0;
  const size = Math.abs(number);
  if (!(size < 2 ** 16)) return sign | INFINITE;
  if (size < SMALLEST_NORMAL) return sign | Math.round(size / SUBNORMAL_STEP);
  let exponent = Math.floor(Math.log2(size));
  // The logarithm is rounded.
  if (2 ** exponent > size) exponent--;
  // What rounds up to the next power of two carries into the exponent.
  return sign | (((exponent + 15) << 10) + Math.round((size / 2 ** exponent - 1) * 1024));
}

function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * SUBNORMAL_STEP : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
