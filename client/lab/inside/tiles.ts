/** Many small grey pictures on one canvas: a canvas for each of 64 maps would cost more than the maps themselves. */

export interface Tiles {
  count: number;
  /** Of each tile. pixels */
  side: number;
  /** A pixel of a tile; NaN leaves it blank. */
  at(tile: number, x: number, y: number): number;
  /** What is black. 0 is white, and what is below 0 is red. */
  most: number;
}

/** Pixels of the canvas for a small tile, so that the gap beside it is thin. */
const LEAST_PIXELS = 24;
const GAP = 3;
const STEPS = 255;

/** Colours of -1..1, as the canvas has them in memory: alpha, blue, green, red. */
const COLOURS = Uint32Array.from({ length: 2 * STEPS + 1 }, (_, i) => {
  const light = STEPS - Math.abs(i - STEPS);
  const red = i < STEPS ? 255 : light;
  return (255 << 24) | (light << 16) | (light << 8) | red;
});

/** Of one small tile of `side` on the canvas, and of what is free beside it. pixels */
const zoomOf = (side: number) => Math.max(1, Math.round(LEAST_PIXELS / side));
const gapOf = (count: number) => (count > 1 ? GAP : 0);

/** Width and height of a canvas for the tiles in so many columns. */
export function sizeOf(count: number, side: number, columns: number): { width: number; height: number } {
  const gap = gapOf(count);
  const pitch = side * zoomOf(side) + gap;
  return { width: columns * pitch - gap, height: Math.ceil(count / columns) * pitch - gap };
}

/** Paints onto a canvas of that size. */
export function paintTiles(canvas: HTMLCanvasElement, { count, side, at, most }: Tiles, columns: number): void {
  const zoom = zoomOf(side);
  const pitch = side * zoom + gapOf(count);
  const { width: wide, height: high } = canvas;
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(wide, high);
  const pixels = new Uint32Array(image.data.buffer);
  const scale = STEPS / (most || 1);
  for (let tile = 0; tile < count; tile++) {
    const corner = Math.floor(tile / columns) * pitch * wide + (tile % columns) * pitch;
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const value = at(tile, x, y);
        if (Number.isNaN(value)) continue;
        const colour = COLOURS[STEPS + Math.max(-STEPS, Math.min(STEPS, Math.round(value * scale)))]!;
        const first = corner + y * zoom * wide + x * zoom;
        for (let row = 0; row < zoom; row++) pixels.fill(colour, first + row * wide, first + row * wide + zoom);
      }
    }
  }
  context.putImageData(image, 0, 0);
}
