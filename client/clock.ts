/** The server's clock, as far as this page can know it. */

/** Server clock minus this page's. ms */
let offset: number | undefined;
/** It is another server's, perhaps: good until that one says what its time is. */
let old = false;

/** The server's clock now. ms since 1970 */
export const serverTime = (): number => performance.now() + (offset ?? Date.now() - performance.now());

/** What came from the server was sent at `now`. What took longer on its way shows less than the true difference. */
export function setClock(now: number): void {
  const difference = now - performance.now();
  offset = offset === undefined || old ? difference : Math.max(offset, difference);
  old = false;
}

/** Another process may have another clock. */
export function forgetClock(): void {
  old = true;
}
