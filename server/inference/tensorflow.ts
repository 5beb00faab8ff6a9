/**
 * `npm run tensorflow`: installs @tensorflow/tfjs-node, the recognizer's fast engine, if the download of its install script is
 * blocked. It builds the addon against the libtensorflow inside the Python package tensorflow-cpu. It does nothing if tfjs-node
 * already runs. Without it the game runs on the wasm engine, so a machine that cannot have it is no failure, except in CI.
 *
 * TENSORFLOW_WHEEL names a local tensorflow-cpu wheel, which is used instead of downloading one with pip.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const packageDir = join(root, 'node_modules/@tensorflow/tfjs-node');

class Missing extends Error {}

/** Prints the command's output only if it fails. */
function run(command: string, args: string[], cwd = root): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (error) throw new Missing(`${command} could not be started: ${error.message}`);
  if (status === 0) return;
  console.error(`${stdout}${stderr}`.trimEnd());
  const [line] = [command, ...args].join(' ').split('\n');
  throw new Missing(`"${line}" failed; see its output above.`);
}

const succeeds = (command: string, args: string[]): boolean =>
  spawnSync(command, args, { cwd: root, stdio: 'ignore' }).status === 0;

/** In a new process: a broken addon may crash, and an addon that failed to load cannot be loaded again. */
const runs = (): boolean =>
  succeeds(process.execPath, [
    '-e',
    'require("@tensorflow/tfjs-node").add(1, 2).dataSync()[0] === 3 || process.exit(1)',
  ]);

function need(): { python: string } {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Missing(
      `This builds against the Linux x64 wheel of tensorflow-cpu, and this is ${process.platform} ${process.arch}.`,
    );
  const python = ['python3', 'python'].find((name) =>
    succeeds(name, ['-c', 'import sys; assert sys.version_info >= (3, 8)']),
  );
  if (!python) throw new Missing('Python 3 is missing. Install it (Debian: apt-get install python3 python3-pip).');
  if (!process.env.TENSORFLOW_WHEEL && !succeeds(python, ['-m', 'pip', '--version']))
    throw new Missing(
      'pip is missing. Install it (Debian: apt-get install python3-pip), or name a tensorflow-cpu wheel in TENSORFLOW_WHEEL.',
    );
  for (const tool of ['make', process.env.CXX ?? 'g++'])
    if (!succeeds(tool, ['--version']))
      throw new Missing(`${tool} is missing. Install a C++ compiler (Debian: apt-get install build-essential).`);
  return { python };
}

function wheel(python: string, into: string): string {
  const given = process.env.TENSORFLOW_WHEEL;
  if (given) {
    if (!existsSync(given)) throw new Missing(`TENSORFLOW_WHEEL names ${given}, which does not exist.`);
    return resolve(given);
  }
  console.log('Downloading tensorflow-cpu (about 270 MB) with pip ...');
  run(python, ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--dest', into, 'tensorflow-cpu']);
  const file = readdirSync(into).find((name) => name.endsWith('.whl'));
  if (!file) throw new Missing('pip downloaded no wheel of tensorflow-cpu for this Python.');
  return join(into, file);
}

/** Extracts the two libraries and the headers from the wheel into deps/, where the addon's build looks for them. */
function unpack(python: string, file: string): void {
  console.log(`Unpacking ${file} ...`);
  const deps = join(packageDir, 'deps');
  rmSync(deps, { recursive: true, force: true });
  mkdirSync(join(deps, 'lib'), { recursive: true });
  const script = `
import os, shutil, sys, zipfile
deps = sys.argv[2]
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        if name in ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2'):
            target = os.path.join(deps, 'lib', os.path.basename(name))
        elif name.startswith(('tensorflow/include/tensorflow/', 'tensorflow/include/tsl/', 'tensorflow/include/xla/')):
            target = os.path.join(deps, name[len('tensorflow/'):])
        else:
            continue
        if name.endswith('/'):
            continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with wheel.open(name) as source, open(target, 'wb') as out:
            shutil.copyfileobj(source, out, 1 << 20)
`;
  run(python, ['-c', script, file, deps]);
  const links = {
    'libtensorflow.so': 'libtensorflow_cc.so.2',
    'libtensorflow.so.2.9.1': 'libtensorflow_cc.so.2',
    'libtensorflow_framework.so': 'libtensorflow_framework.so.2',
  };
  for (const [link, target] of Object.entries(links)) {
    if (!existsSync(join(deps, 'lib', target)))
      throw new Missing(`${file} has no tensorflow/${target}: is it a Linux wheel of tensorflow-cpu?`);
    symlinkSync(target, join(deps, 'lib', link));
  }
}

function build(): void {
  console.log('Building the addon ...');
  const require = createRequire(join(packageDir, 'package.json'));
  const preGyp = join(dirname(require.resolve('@mapbox/node-pre-gyp/package.json')), 'bin/node-pre-gyp');
  // Node's own headers, if they are installed, need no download.
  const prefix = dirname(dirname(process.execPath));
  const headers = existsSync(join(prefix, 'include/node/node_api.h')) ? [`--nodedir=${prefix}`] : [];
  run(process.execPath, [preGyp, 'install', '--build-from-source', ...headers], packageDir);
  // Only the build needs these; the headers would add 100 MB to a container image.
  for (const dir of ['deps/include', 'build']) rmSync(join(packageDir, dir), { recursive: true, force: true });
}

function install(): void {
  if (runs()) {
    console.log('Native TensorFlow already runs: nothing to do.');
    return;
  }
  const { python } = need();
  const temporary = mkdtempSync(join(tmpdir(), 'tensorflow-'));
  try {
    const file = wheel(python, temporary);
    // npm drops the package if its install script fails; without scripts it stays. The lock file does not change.
    if (!existsSync(join(packageDir, 'binding.gyp')))
      run('npm', ['install', '--ignore-scripts', '--no-save', '--no-audit', '--no-fund']);
    if (!existsSync(join(packageDir, 'binding.gyp')))
      throw new Missing(
        'npm did not install @tensorflow/tfjs-node. Are optional dependencies left out (npm config get omit)?',
      );
    unpack(python, file);
    build();
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  if (!runs()) {
    // Show Node's own error.
    spawnSync(process.execPath, ['-e', 'require("@tensorflow/tfjs-node")'], { cwd: root, stdio: 'inherit' });
    throw new Missing('The addon was built, but does not load.');
  }
  console.log('Native TensorFlow runs.');
}

try {
  install();
} catch (error) {
  const isRequired = process.env.CI === 'true';
  const consequence = isRequired ? 'CI must test the native engine.' : 'The game runs without it, on the wasm engine.';
  console.error(`\nNative TensorFlow was not installed. ${(error as Error).message}\n${consequence}`);
  process.exitCode = isRequired ? 1 : 0;
}
