/**
 * `npm run pack`: writes artifacts/doodle-derby-VERSION.zip, which runs with Node alone, on any system: the built page and server,
 * the network, and of the production dependencies the files that the server loads. Without what is made for one system: the
 * recognizer runs in WebAssembly, links have no pictures, and there is no /explore.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeFileTrace } from '@vercel/nft';
import { type AsyncZippable, zip } from 'fflate';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = 'doodle-derby';
/** What the server starts: itself, and its threads and processes. */
const ENTRIES = ['main.js', 'inference/worker.js', 'cards/worker.js', 'explore/child.js'];
/** What it reads by name. */
const DATA = ['dist', 'models/quickdraw', 'models/ghosts', 'package.json', 'PRIVACY.md', 'LICENSE'];
/** These lie at the top of the archive. */
const START = 'deploy/pack';
const WASM = 'node_modules/@tensorflow/tfjs-backend-wasm/dist';
/** As a Unix file that may be run. */
const EXECUTABLE = { os: 3, attrs: 0o100755 << 16 };

const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { optional?: boolean; devOptional?: boolean }>;
};
/** The folders of packages that the server can do without: those with code for one system are among them. */
const optional = Object.entries(packages)
  .filter(([, { optional, devOptional }]) => optional || devOptional)
  .map(([folder]) => `${folder}/`);

const filesBelow = (path: string): string[] =>
  statSync(join(ROOT, path)).isDirectory()
    ? readdirSync(join(ROOT, path)).flatMap((name) => filesBelow(`${path}/${name}`))
    : [path];

/** The folder of the package that a file is in. */
const packageOf = (path: string): string => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)![0];

/** What the modules import, from node_modules, with the licences. */
async function dependencies(): Promise<string[]> {
  const { fileList } = await nodeFileTrace(
    ENTRIES.map((entry) => join(ROOT, 'dist/server', entry)),
    {
      base: ROOT,
      // As Node itself resolves what a package exports.
      conditions: ['node', 'module-sync'],
      ignore: (path) => optional.some((folder) => `${path}/`.startsWith(folder)),
    },
  );
  const modules = [...fileList]
    .map((path) => path.replaceAll(sep, '/'))
    .filter((path) => path.startsWith('node_modules/'));
  const licences = [...new Set(modules.map(packageOf))].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => /^(licen[cs]e|notice|copying)/i.test(name))
      .map((name) => `${folder}/${name}`),
  );
  const engines = readdirSync(join(ROOT, WASM)).filter((name) => name.endsWith('.wasm'));
  return [...new Set([...modules, ...licences, ...engines.map((name) => `${WASM}/${name}`)])];
}

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const content: AsyncZippable = {};
for (const path of [...DATA.flatMap(filesBelow), ...(await dependencies())])
  if (statSync(join(ROOT, path)).isFile()) content[`${FOLDER}/${path}`] = readFileSync(join(ROOT, path));
for (const path of filesBelow(START)) {
  const bytes = readFileSync(join(ROOT, path));
  content[`${FOLDER}/${path.slice(START.length + 1)}`] = path.endsWith('.command') ? [bytes, EXECUTABLE] : bytes;
}
const archive = await new Promise<Uint8Array>((done, fail) =>
  zip(content, { level: 6 }, (error, bytes) => (error ? fail(error) : done(bytes))),
);
await mkdir(join(ROOT, 'artifacts'), { recursive: true });
const file = `artifacts/${FOLDER}-${version}.zip`;
await writeFile(join(ROOT, file), archive);
console.log(`${file}: ${Object.keys(content).length} files, ${(archive.length / 1e6).toFixed(1)} MB`);
