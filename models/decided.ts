/** What the operator or its drawer decided about a drawing that players gave away. Every reader of such drawings obeys it. */
import { approvedFile, deletedFile, hiddenFile } from '../server/explore/folders.ts';
import { readKeys } from '../server/explore/keys.ts';

/** The keys of deleted.txt and hidden.txt in a folder: deleted by their drawers, hidden by the operator. */
export const readWithdrawn = (data: string): Promise<Set<string>> =>
  readKeys(deletedFile({ data }), hiddenFile({ data }));

/** The same of all exports together, and of DATA_DIR: what was withdrawn after an export counts, too. */
export async function withdrawnFrom(exports: readonly string[]): Promise<Set<string>> {
  const dirs = [...exports, ...(process.env.DATA_DIR ? [process.env.DATA_DIR] : [])];
  return new Set((await Promise.all(dirs.map(readWithdrawn))).flatMap((keys) => [...keys]));
}

/** Those that the operator approved, although they do not read as their word. Withdrawn ones stay withdrawn. */
export const readApproved = (data: string): Promise<Set<string>> => readKeys(approvedFile({ data }));
