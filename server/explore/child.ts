/**
 * The explorer's own process: DuckDB reads files in it, so that neither the event loop nor libuv's threads of the game ever wait
 * for a query. The parent sends asks one by one, and each is answered once.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Answers, NoSuch, readAnswers } from './answers.ts';
import { openDatabase, SlowQuery } from './database.ts';
import type { Folders } from './folders.ts';
import { donatedDir, indexDir } from './folders.ts';
import type { Query } from './query.ts';

/** To the child. `version`: of the drawings, as the parent saw them last. */
export interface Ask {
  id: number;
  query: Query;
  version: string;
}

export type Refused = 'no-word' | 'no-index' | 'slow' | 'failed';

/** From the child: once ready or missing, then one for each ask. */
export type Reply =
  | { kind: 'ready' }
  | { kind: 'missing' }
  /** JSON, compressed with gzip. */
  | { kind: 'answer'; id: number; body: Uint8Array }
  | { kind: 'refused'; id: number; why: Refused; message: string };

export interface ChildOptions {
  folders: Folders;
  connections: number;
  limitMs: number;
}

const MEMORY = '128MB';
/** Answers that are kept, by query, until the drawings change. */
const KEPT = 300;

const compress = promisify(gzip);
const { folders, connections, limitMs } = JSON.parse(process.argv[2]!) as ChildOptions;
const reply = (message: Reply) => process.send?.(message);

process.once('disconnect', () => process.exit(0));

const readable = [folders.quickdraw, donatedDir(folders), indexDir(folders)].filter((dir) => dir !== undefined);
const database = await openDatabase({ folders: readable, connections, limitMs, memory: MEMORY }).catch((error) => {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
  reply({ kind: 'missing' });
});

if (database) {
  let version: string | undefined;
  let reading: Promise<Answers> | undefined;
  const kept = new Map<string, Uint8Array>();

  async function bodyOf({ query, version: wanted }: Ask): Promise<Uint8Array> {
    if (version !== wanted || !reading) {
      version = wanted;
      kept.clear();
      reading = readAnswers(folders, database!);
      reading.catch(() => {
        version = undefined;
      });
    }
    const key = JSON.stringify(query);
    const known = kept.get(key);
    if (known) return known;
    const now = version;
    const answer = await reading;
    const body = await compress(JSON.stringify(await answer(query)));
    if (now !== version) return body;
    kept.set(key, body);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
    return body;
  }

  const whyOf = (error: unknown): Refused => {
    if (error instanceof SlowQuery) return 'slow';
    return error instanceof NoSuch ? error.what : 'failed';
  };

  process.on('message', (ask: Ask) => {
    bodyOf(ask).then(
      (body) => reply({ kind: 'answer', id: ask.id, body }),
      (error: Error) => reply({ kind: 'refused', id: ask.id, why: whyOf(error), message: error.message }),
    );
  });
  reply({ kind: 'ready' });
}
