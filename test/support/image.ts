/** Follows the Dockerfile without Docker: each stage becomes a folder, made by the instructions as they stand. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';

export interface Image {
  /** Its WORKDIR, as a folder of this machine. */
  dir: string;
  env: Record<string, string>;
  user: string;
  command: string[];
}

interface Stage extends Image {
  root: string;
}

/**
 * Builds the last stage under `into`. A RUN that `isDone` says is done already, for what this machine has anyway, is left out.
 */
export function buildImage(into: string, isDone: (command: string, dir: string) => boolean): Image {
  const stages = new Map<string, Stage>();
  let stage!: Stage;
  // The image's Node is the one that runs this test.
  mkdirSync(join(into, 'bin'));
  copyFileSync(process.execPath, join(into, 'bin/node'));
  const env = { HOME: process.env.HOME!, PATH: [join(into, 'bin'), process.env.PATH].join(delimiter) };

  const [everything, ...exceptions] = lines(readFileSync('.dockerignore', 'utf8'));
  if (everything !== '*') throw new Error('.dockerignore: only a list of exceptions is understood here');
  const sent = exceptions.map((line) => line.replace(/^!/, ''));
  const isSent = (path: string) => sent.some((each) => path === each || path.startsWith(`${each}/`));

  for (const { name, rest } of instructions(readFileSync('Dockerfile', 'utf8'))) {
    switch (name) {
      case 'FROM': {
        const alias = / AS (\S+)$/.exec(rest)?.[1] ?? `${stages.size}`;
        const root = join(into, alias);
        stage = { root, dir: root, env: { ...env }, user: 'root', command: [] };
        stages.set(alias, stage);
        break;
      }
      case 'WORKDIR':
        stage.dir = join(stage.root, rest);
        mkdirSync(stage.dir, { recursive: true });
        break;
      case 'ENV': {
        const [key, value] = rest.split('=') as [string, string];
        stage.env[key] = value;
        break;
      }
      case 'COPY': {
        const from = /^--from=(\S+) /.exec(rest);
        const paths = rest.slice(from?.[0].length ?? 0).split(' ');
        const to = join(stage.dir, paths.pop()!);
        for (const path of paths) {
          if (!from && !isSent(path)) throw new Error(`COPY ${path}: .dockerignore does not send it`);
          copy(
            from ? join(stages.get(from[1]!)!.root, path) : path,
            rest.endsWith('/') ? join(to, basename(path)) : to,
          );
        }
        break;
      }
      case 'RUN':
        if (!isDone(rest, stage.dir)) execFileSync('bash', ['-c', rest], { cwd: stage.dir, env: stage.env });
        break;
      case 'USER':
        stage.user = rest;
        break;
      case 'CMD':
        stage.command = JSON.parse(rest);
        break;
      case 'EXPOSE':
        break;
      default:
        throw new Error(`Dockerfile: ${name} is not understood here`);
    }
  }
  return stage;
}

/** Links files instead of copying them if the disk allows it: TensorFlow is large. */
export function link(from: string, to: string): void {
  try {
    execFileSync('cp', ['-alT', from, to], { stdio: 'ignore' });
  } catch {
    cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  }
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  if (statSync(from).isDirectory() && basename(from) === 'node_modules') link(from, to);
  else cpSync(from, to, { recursive: true });
}

const lines = (text: string) => text.split('\n').filter((line) => line && !line.startsWith('#'));

/** Name and arguments of each instruction; a line that ends with a backslash goes on in the next. */
const instructions = (text: string) => {
  const whole = lines(text).join('\n').replaceAll('\\\n', '');
  return [...whole.matchAll(/^(\w+) (.*)$/gm)].map(([, name, rest]) => ({ name: name!, rest: rest! }));
};
