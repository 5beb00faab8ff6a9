/** The composition root: the real parts, put together and run. */
import { networkInterfaces } from 'node:os';
import { readConfig } from './config.ts';
import { isPageBuilt, UNBUILT } from './edge/unbuilt.ts';
import { startRecognizer } from './inference/recognizer.ts';
import { createLog } from './log.ts';

const config = readConfig(process.env);
const log = createLog(config.LOG_LEVEL);
const [recognizer, { createApp }, { memoryHome, redisHome }] = await Promise.all([
  startRecognizer({
    ...(config.RECOGNIZER && { engine: config.RECOGNIZER }),
    modelDir: config.MODEL_DIR,
    onRestart: (reason) => log.error({ err: reason }, 'the recognizer was restarted'),
  }),
  // Imported here: the recognizer's thread loads TensorFlow meanwhile.
  import('./app.ts'),
  import('./backend.ts'),
]);
const { REDIS_URL } = config;
const home = REDIS_URL ? await redisHome(REDIS_URL, config, log) : memoryHome(config.SESSION_SECRET);
const app = createApp({ config, home, recognizer, log });
const port = await app.listen().catch((error: NodeJS.ErrnoException) => {
  if (error.code !== 'EADDRINUSE') throw error;
  console.error(
    `Port ${config.PORT} is used by another program. Choose another one: PORT=${config.PORT + 1} npm start`,
  );
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
  state           kept in ${home.store.kind === 'memory' ? 'memory' : 'Redis'}
`);
if (!isPageBuilt()) console.error(UNBUILT);

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    await app.close();
    process.exit(0);
  });
