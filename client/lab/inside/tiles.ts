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

const STEPS = 255;

/** Colours of -1..1, as the canvas has them in memory: alpha, blue, green, red. */
const COLOURS = Uint32Array.from({ length: 2 * STEPS + 1 }, (_, i) => {
  const light = STEPS - Math.abs(i - STEPS);
  const red = i < STEPS ? 255 : light;
  return (255 << 24) | (light << 16) | (light << 8) | red;
});

/** How tiles lie on a canvas. pixels */
export interface Grid {
  columns: number;
  /** Side of one pixel of a tile. */
  zoom: number;
  /** Between two tiles. */
  gap: number;
  width: number;
  height: number;
}

/** For tiles of about `pixels` on the canvas: just enough for a thin gap beside them. */
export function gridOf(count: number, side: number, columns: number, pixels: number): Grid {
  const zoom = Math.max(1, Math.round(pixels / side));
  const gap = count > 1 ? Math.max(1, Math.round((side * zoom) / 10)) : 0;
  const pitch = side * zoom + gap;
  return { columns, zoom, gap, width: columns * pitch - gap, height: Math.ceil(count / columns) * pitch - gap };
}

/** Paints onto a canvas of the grid's size. */
export function paintTiles(canvas: HTMLCanvasElement, { count, side, at, most }: Tiles, grid: Grid): void {
  const { columns, zoom, gap, width, height } = grid;
  const pitch = side * zoom + gap;
  const context = canvas.getContext('2d')!;
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const scale = STEPS / (most || 1);
  for (let tile = 0; tile < count; tile++) {
    const corner = Math.floor(tile / columns) * pitch * width + (tile % columns) * pitch;
    for (let y = 0; y < side; y++) {
      const row = corner + y * zoom * width;
      let to = row;
      for (let x = 0; x < side; x++) {
        const value = at(tile, x, y);
        const colour = Number.isNaN(value)
          ? 0
          : COLOURS[STEPS + Math.max(-STEPS, Math.min(STEPS, Math.round(value * scale)))]!;
        for (let i = 0; i < zoom; i++) pixels[to++] = colour;
      }
      for (let i = 1; i < zoom; i++) pixels.copyWithin(row + i * width, row, to);
    }
  }
  context.putImageData(image, 0, 0);
}
