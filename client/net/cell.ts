/**
 * A value that screens follow. The page hands in reactive cells (`page/cell.svelte.ts`); elsewhere a plain object does, so
 * that the client runs without a page and without Svelte's compiler.
 */
export interface Cell<T> {
  value: T;
}

export type NewCell = <T>(value: T) => Cell<T>;

export const plainCell: NewCell = (value) => ({ value });
