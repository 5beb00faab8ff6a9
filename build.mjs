// @ts-check
/**
 * `npm run build`: builds the page and the server into dist/, each only if something that it is made of has changed since.
 * Plain JavaScript, because it runs before every start.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

process.chdir(import.meta.dirname);

const PARTS = [
  {
    name: 'page',
    inputs: ['client', 'shared', 'models/quickdraw/words.json', 'vite.config.ts'],
    outputs: ['dist/client'],
    build: () => run('vite', ['build', '--logLevel', 'warn']),
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
  if (!existsSync(command)) {
    console.error('Building needs the development dependencies. Install them: npm install --include=dev');
    process.exit(1);
  }
  // Tests build, too, and a page built under their NODE_ENV would not be the one that players get.
  const env = { ...process.env, NODE_ENV: 'production' };
  return new Promise((resolve) => {
    spawn(process.execPath, [command, ...args], { env, stdio: 'inherit' }).once('exit', (code) => {
      if (code !== 0) process.exit(1);
      resolve(undefined);
    });
  });
}
