/** The pace of a person's input, in ms. Nothing waits for anything here: whatever is awaited has a condition. */
export const penPause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));
