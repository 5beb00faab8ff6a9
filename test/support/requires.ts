/**
 * Whether a part that not every machine has (native TensorFlow, the data set, a browser) is there. Where it is not, its
 * tests are skipped and say so; in CI, where all of it must run, that is a failure.
 */
export function requires(there: boolean, what: string): boolean {
  if (there) return true;
  if (process.env.CI === 'true') throw new Error(`CI must have ${what}`);
  console.warn(`skipped: these tests need ${what}`);
  return false;
}
