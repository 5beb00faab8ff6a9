/** A real server on a free port, with a quick pace; and the real recognizer, started once for a test file. */
import { afterAll, beforeAll } from 'vitest';
import type { App } from '../../server/app.ts';
import { createApp } from '../../server/app.ts';
import type { Backend } from '../../server/backend.ts';
import { memoryBackend } from '../../server/backend.ts';
import { readConfig } from '../../server/config.ts';
import type { Pace } from '../../server/game/game.ts';
import { PACE } from '../../server/game/game.ts';
import type { Recognizer } from '../../server/inference/recognizer.ts';
import { startRecognizer } from '../../server/inference/thread.ts';
import { createLog } from '../../server/log.ts';
import { GHOSTS_FILE } from '../../server/paths.ts';
import type { Replays } from '../../server/storage/replays.ts';
import { readSamples } from '../../server/storage/samples.ts';
import type { Store } from '../../server/storage/store.ts';
import { knownWords } from './known.ts';
import { asking } from './words.ts';

/** The rules' pauses, short enough to wait for. */
export const QUICK: Pace = {
  ...PACE,
  countdown: 200,
  finish: 200,
  reveal: 300,
  hold: 3000,
  hostHold: 500,
  empty: 1000,
};

export interface TestServer {
  url: string;
  app: App;
  store: Store;
  backend: Backend;
  replays: Replays;
  recognizer: Recognizer;
}

interface Options {
  pace?: Pace;
  env?: Record<string, string>;
  /** With the drawings that ship as ghosts. */
  ghosts?: boolean;
}

/**
 * Starts a server before the file's tests and stops it after them. It asks only for words whose drawings it recognizes, with the
 * engine of RECOGNIZER or the best there is.
 */
export function useServer(options: Options = {}): TestServer {
  const server = {} as TestServer;
  beforeAll(async () => {
    const config = readConfig({ PORT: '0', HOST: '127.0.0.1', RECOGNIZER: process.env.RECOGNIZER, ...options.env });
    const recognizer = await startRecognizer({ engine: config.RECOGNIZER });
    server.recognizer = asking(recognizer, await knownWords(recognizer));
    const backend = memoryBackend();
    server.backend = backend;
    server.store = backend.store;
    server.replays = backend.replays;
    server.app = createApp({
      config,
      backend,
      recognizer: server.recognizer,
      samples: options.ghosts ? await readSamples(GHOSTS_FILE) : [],
      log: createLog('error'),
      pace: options.pace ?? QUICK,
    });
    server.url = `http://127.0.0.1:${await server.app.listen()}`;
  });
  afterAll(() => server.app?.close());
  return server;
}
