/** Tiles in rows that a virtual list can show. */

/** As many columns as fit, of at least this many pixels each. */
export const columnsIn = (width: number, least: number): number => Math.max(2, Math.floor(width / least));

export const rowsOf = <T>(tiles: T[], columns: number): T[][] =>
  Array.from({ length: Math.ceil(tiles.length / columns) }, (_, i) => tiles.slice(i * columns, (i + 1) * columns));
