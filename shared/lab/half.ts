/** Numbers in 16 bits (IEEE 754 binary16), half of what a weight needs in memory. Browsers' own `Float16Array` is too new. */

/** Below this, steps are even. */
const SMALLEST_NORMAL = 2 ** -14;
const SUBNORMAL_STEP = 2 ** -24;
const INFINITE = 0x7c00;

/** Numbers beyond 65,504 become infinite. */
export function toHalves(numbers: Float32Array): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(numbers.length);
  for (let i = 0; i < halves.length; i++) halves[i] = toHalf(numbers[i]!);
  return halves;
}

/** By their bits: a server does this between two strokes of a race. */
export function fromHalves(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const numbers = new Float32Array(halves.length);
  const bits = new Uint32Array(numbers.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]!;
    const sign = (half & 0x8000) << 16;
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    if (exponent === 0) numbers[i] = (sign ? -fraction : fraction) * SUBNORMAL_STEP;
    else bits[i] = sign | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13);
  }
  return numbers;
}

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
