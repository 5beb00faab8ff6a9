/** The game server as it is built, in its own process; it reports its counters to the bench. */
import { deflateSync } from 'node:zlib';
import { encode } from '../shared/record.ts';
import { rawDrawing, SAMPLE_RAW } from '../test/support/quickdraw.ts';
import { recordOf } from '../models/recording.ts';
import type { Ready } from './reports.ts';
import { replayId, reportTo } from './reports.ts';

/** Of `npm run build`: the loader of TypeScript keeps the names of functions, which costs CPU. */
const BUILT = '../dist/server';
const { createApp } = (await import(`${BUILT}/app.js`)) as typeof import('../server/app.ts');
const { memoryBackend } = (await import(`${BUILT}/backend.js`)) as typeof import('../server/backend.ts');
const { readConfig } = (await import(`${BUILT}/config.js`)) as typeof import('../server/config.ts');
const { PACE } = (await import(`${BUILT}/game/game.js`)) as typeof import('../server/game/game.ts');
const { startRecognizer } = (await import(
  `${BUILT}/inference/thread.js`
)) as typeof import('../server/inference/thread.ts');
const { createLog } = (await import(`${BUILT}/log.js`)) as typeof import('../server/log.ts');
const { redisBackend } = (await import(`${BUILT}/redis-backend.js`)) as typeof import('../server/redis-backend.ts');

const counted = reportTo(process);
const config = readConfig({ ...process.env, PORT: '0', HOST: '127.0.0.1' });
const log = createLog('error');
const recognizer = await startRecognizer({ engine: config.RECOGNIZER, modelDir: config.MODEL_DIR });
const backend = config.REDIS_URL ? await redisBackend(config.REDIS_URL, config, log) : memoryBackend();
for (let i = 0; i < Number(process.env.REPLAYS ?? 0); i++) {
  const record = deflateSync(encode(await recordOf(recognizer, rawDrawing(SAMPLE_RAW[i % SAMPLE_RAW.length]!))));
  await backend.replays.save({ id: replayId(i), code: 'ABCDE', owner: null, word: '', ms: null, record });
}
const app = createApp({
  config,
  backend,
  recognizer,
  log,
  pace: { ...PACE, countdown: 500 },
  meter: {
    chunk: () => void counted.chunks++,
    guesses: (latency) => void counted.guesses.push(latency),
    unjudged: () => {},
    implausible: () => {},
  },
});
process.send!({ port: await app.listen(), engine: recognizer.engine! } satisfies Ready);
// With the worker, whose profile is written as it ends.
process.on('disconnect', () => recognizer.close().then(() => process.exit(0)));
