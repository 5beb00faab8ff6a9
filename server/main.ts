/** The composition root: the real parts, put together and run. */
import { addressesOf } from './addresses.ts';
import { checkNode, reasonOf, withoutSecrets } from './failure.ts';
import { GHOSTS_FILE, PACKAGE_FILE } from './paths.ts';

// A full disk or a closed pipe ends the output, not the game.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

let secrets: string[] = [];
let loading: Promise<unknown> | undefined;
process.once('uncaughtException', async (error) => {
  console.error(withoutSecrets(reasonOf(error), secrets));
  // A process that exits while a thread loads TensorFlow may crash.
  await loading;
  process.exit(1);
});
checkNode(PACKAGE_FILE);

// Packages are imported only now, so that one that is missing has its line, too.
const { readConfig, secretsOf } = await import('./config.ts');
const { createLog } = await import('./log.ts');
const { openRecognizer } = await import('./inference/thread.ts');
const config = readConfig(process.env);
secrets = secretsOf(config);
const log = createLog(config.LOG_LEVEL, secrets);
const opening = openRecognizer({
  ...(config.RECOGNIZER && { engine: config.RECOGNIZER }),
  modelDir: config.MODEL_DIR,
  onRestart: (reason) => log.error({ err: reason }, 'the inference worker was replaced'),
});
loading = opening.then(({ loaded }) => loaded).catch(() => {});
// Imported only now: the recognizer's thread loads TensorFlow meanwhile.
const { createApp } = await import('./app.ts');
const { memoryBackend, replayLimitsOf } = await import('./backend.ts');
const { readSamples } = await import('./storage/samples.ts');
const { isPageBuilt, UNBUILT } = await import('./edge/unbuilt.ts');
const { REDIS_URL } = config;
const backend = REDIS_URL
  ? await (await import('./redis-backend.ts')).redisBackend(REDIS_URL, config, log)
  : memoryBackend(config.SESSION_SECRET, replayLimitsOf(config));
const recognizer = await opening;
const samples = await readSamples(GHOSTS_FILE).catch((reason) => {
  log.warn({ err: reason }, 'the shipped ghosts cannot be read, so there are none');
  return [];
});
const app = createApp({ config, backend, recognizer, samples, log });
await app.listen();
await recognizer.loaded;

const { here, network } = await addressesOf(app.address(), config.BASE_PATH);
const lines = [
  `Doodle Derby    ${here}`,
  ...(network ? [`on phones       ${network.join('  ') || 'no network found'}`] : []),
  `before a class  ${here.replace(/\/$/, '')}/class/check says whether it works in this network`,
  `recognizer      ${recognizer.engine === 'native' ? 'native TensorFlow' : 'wasm (`npm run tensorflow` makes it several times faster)'}`,
  `state           kept in ${backend.store.kind === 'memory' ? 'memory' : 'Redis'}`,
];
console.log(`\n  ${lines.join('\n  ')}\n`);
if (!isPageBuilt()) console.error(UNBUILT);

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    await app.close();
    process.exit(0);
  });
