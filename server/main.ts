/** The composition root: the real parts, put together and run. */
import { networkInterfaces } from 'node:os';
import { readConfig } from './config.ts';
import { isPageBuilt, UNBUILT } from './edge/unbuilt.ts';
import { openRecognizer } from './inference/thread.ts';
import { createLog } from './log.ts';

const config = readConfig(process.env);
const log = createLog(config.LOG_LEVEL);
const opening = openRecognizer({
  ...(config.RECOGNIZER && { engine: config.RECOGNIZER }),
  modelDir: config.MODEL_DIR,
  onRestart: (reason) => log.error({ err: reason }, 'the inference worker was replaced'),
});
// Imported only now: the recognizer's thread loads TensorFlow meanwhile.
const { createApp } = await import('./app.ts');
const { memoryBackend } = await import('./backend.ts');
const { REDIS_URL } = config;
const backend = REDIS_URL
  ? await (await import('./redis-backend.ts')).redisBackend(REDIS_URL, config, log)
  : memoryBackend(config.SESSION_SECRET);
const recognizer = await opening;
const app = createApp({ config, backend, recognizer, log });
const port = await app.listen().catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'EADDRINUSE') throw error;
  console.error(
    `Port ${config.PORT} is used by another program. Choose another one: PORT=${config.PORT + 1} npm start`,
  );
  process.exit(1);
});
await recognizer.loaded;

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
if (!isPageBuilt()) console.error(UNBUILT);

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    await app.close();
    process.exit(0);
  });
