/** A hidden page gets no frames. */
const FRAME_TIMEOUT_MS = 100;

/** Resolves when the browser has painted what the page shows now: long work after it delays nothing that people wait for. */
export const painted = (): Promise<unknown> =>
  Promise.race([
    new Promise((done) => requestAnimationFrame(() => setTimeout(done))),
    new Promise((done) => setTimeout(done, FRAME_TIMEOUT_MS)),
  ]);
