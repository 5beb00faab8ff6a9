/** The real game server in its own process; it reports its counters to the bench. */
import { deflateSync } from 'node:zlib';
import { createApp } from '../server/app.ts';
import { memoryBackend } from '../server/backend.ts';
import { readConfig } from '../server/config.ts';
import { PACE } from '../server/game/game.ts';
import { startRecognizer } from '../server/inference/thread.ts';
import { createLog } from '../server/log.ts';
import { redisBackend } from '../server/redis-backend.ts';
import { encode } from '../shared/record.ts';
import { rawDrawing, SAMPLE_RAW } from '../test/support/quickdraw.ts';
import { recordOf } from '../models/recording.ts';
import type { Ready } from './reports.ts';
import { replayId, reportTo } from './reports.ts';

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
