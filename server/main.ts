/** The composition root: the real parts, put together and run. */
import { networkInterfaces } from 'node:os';
import { createApp } from './app.ts';
import { memoryBackend, redisBackend } from './backend.ts';
import { readConfig } from './config.ts';
import { startRecognizer } from './inference/thread.ts';
import { createLog } from './log.ts';

const config = readConfig(process.env);
const log = createLog(config.LOG_LEVEL);
const recognizer = await startRecognizer({
  ...(config.RECOGNIZER && { engine: config.RECOGNIZER }),
  modelDir: config.MODEL_DIR,
  onRestart: (reason) => log.error({ err: reason }, 'the inference worker was replaced'),
});
const { REDIS_URL } = config;
const backend = REDIS_URL ? await redisBackend(REDIS_URL, config, log) : memoryBackend(config.SESSION_SECRET);
const app = createApp({ config, backend, recognizer, log });
const port = await app.listen().catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'EADDRINUSE') throw error;
  console.error(`Port ${config.PORT} is in use by another program. Choose another: PORT=${config.PORT + 1} npm start`);
  process.exit(1);
});

const phones = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .filter(({ family, internal }) => family === 'IPv4' && !internal)
  .map(({ address }) => `http://${address}:${port}`);
console.log(`
  Doodle Derby    http://localhost:${port}
  on phones       ${phones.join('  ') || 'no network found'}
  recognizer      ${recognizer.engine === 'native' ? 'native TensorFlow' : 'wasm (`npm run tensorflow` makes it several times faster)'}
  state           kept in ${backend.store.kind === 'memory' ? 'memory' : 'Redis'}
`);

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    await app.close();
    process.exit(0);
  });
