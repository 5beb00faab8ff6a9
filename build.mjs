// @ts-check
/**
 * `npm run build`: builds the page and the server into dist/, each only if something that it is made of has changed since.
 * Plain JavaScript, because it runs before every start.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCards, CARD_INPUTS } from './server/cards/build.mjs';

/** For what can be put right at the terminal. */
process.once('uncaughtException', (/** @type {NodeJS.ErrnoException} */ { errno, message, stack }) => {
  console.error(errno === undefined ? stack : `Building the game failed: ${message}`);
  process.exit(1);
});

const here = fileURLToPath(new URL('.', import.meta.url));
checkNode();
process.chdir(here);

const PARTS = [
  {
    name: 'page',
    inputs: ['client', 'shared', 'models/quickdraw/words.json', 'vite.config.ts'],
    outputs: ['dist/client'],
    async build() {
      if (/[#?]/.test(here))
        stop(`Vite cannot build in a folder with # or ? in its name. Move the game out of ${here}`);
      await run('vite', ['build', '--logLevel', 'warn']);
    },
  },
  {
    name: 'cards of links',
    inputs: CARD_INPUTS,
    outputs: ['dist/cards'],
    build: () => buildCards('dist/cards'),
  },
  {
    name: 'server',
    inputs: ['server', 'shared'],
    outputs: ['dist/server', 'dist/shared'],
    /** Module by module, so that a stack trace names the file and each module still finds what lies beside it. */
    async build() {
      // `npm run check` has the types; here they would only cost time.
      await run('typescript', ['--project', 'server', '--noCheck']);
      const isData = (/** @type {string} */ path) => !/\.(ts|mjs)$|tsconfig\.json$/.test(path);
      for (const dir of ['server', 'shared']) cpSync(dir, `dist/${dir}`, { recursive: true, filter: isData });
    },
  },
];
const COMMON_INPUTS = ['build.mjs', 'tsconfig.json', 'package-lock.json'];

const stale = PARTS.filter(({ inputs, outputs }) => {
  const stamp = stampOf(outputs);
  return !existsSync(stamp) || readFileSync(stamp, 'utf8') !== hashOf([...inputs, ...COMMON_INPUTS]);
});
if (stale.length > 0) {
  console.log(`Building the ${stale.map(({ name }) => name).join(' and the ')} ...`);
  await Promise.all(
    stale.map(async ({ inputs, outputs, build }) => {
      // What changes during the build must count as changed, and a build that fails must leave no stamp.
      const hash = hashOf([...inputs, ...COMMON_INPUTS]);
      for (const output of outputs) rmSync(output, { recursive: true, force: true });
      await build();
      writeFileSync(stampOf(outputs), hash);
    }),
  );
}

/** A file beside the result that has the hash of its inputs. */
function stampOf(/** @type {string[]} */ [first]) {
  return `${first}/.inputs`;
}

/** Of the names and contents of files and folders. */
function hashOf(/** @type {string[]} */ paths) {
  const hash = createHash('sha256');
  const add = (/** @type {string} */ path) => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
    else hash.update(`${path}\0`).update(readFileSync(path));
  };
  for (const path of paths) add(path);
  return hash.digest('hex');
}

/** Runs the command of a development dependency. */
function run(/** @type {'vite' | 'typescript'} */ name, /** @type {string[]} */ args) {
  const command = { vite: 'node_modules/vite/bin/vite.js', typescript: 'node_modules/typescript/bin/tsc' }[name];
  if (!existsSync(command))
    stop('Building needs the development dependencies. Install them: npm install --include=dev');
  // Tests build, too, and a page built under their NODE_ENV would not be the one that players get.
  const env = { ...process.env, NODE_ENV: 'production' };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [command, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    child.once('close', (code) => {
      // Both print a stack even for a full disk, each with its own words.
      const fault = /No space left on device|Disk quota exceeded|Read-only file system|Permission denied/i.exec(output);
      if (code !== 0 && fault) stop(`Building the game failed: ${fault[0].toLowerCase()}`);
      process.stdout.write(output);
      if (code !== 0) process.exit(1);
      resolve(undefined);
    });
  });
}

/** As the server does it; but this runs before there is one. */
function checkNode() {
  const range = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')).engines.node;
  const [, oldest = '', tooNew = ''] = /^>=(\S+) <(\S+)$/.exec(range) ?? [];
  const isBefore = (/** @type {string} */ other) =>
    process.versions.node.localeCompare(other, 'en', { numeric: true }) < 0;
  if (isBefore(oldest) || !isBefore(tooNew))
    stop(`The game needs Node ${range}, and this is Node ${process.versions.node}. Install Node 22.`);
}

/** @returns {never} */
function stop(/** @type {string} */ message) {
  console.error(message);
  process.exit(1);
}
