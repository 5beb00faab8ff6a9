/** Network namespaces of Linux, which stand for machines, joined by a bridge. Needs root, and `ip` of iproute2. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Namespaces {
  /** Of this machine, as the others see it. */
  address: string;
  machines: Machine[];
  close(): void;
}

export interface Machine {
  address: string;
  /** What runs a command there. */
  command: string[];
}

/** Why there cannot be any here. */
export function obstacle(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are a part of Linux';
  if (process.getuid!() !== 0) return 'only root may make network namespaces';
  try {
    ip('netns', 'list');
  } catch {
    return '`ip netns` does not work: install iproute2, and let the container do it (CAP_NET_ADMIN and CAP_SYS_ADMIN)';
  }
  return undefined;
}

/** They are removed with `close`, when this process ends, or, if it was killed, by the next one. */
export function createNamespaces(n: number): Namespaces {
  removeLeftovers();
  const { pid } = process;
  const net = `10.213.${pid % 256}`;
  const bridge = `derby${pid}`;
  const names = Array.from({ length: n }, (_, i) => `derby${pid}-${i}`);
  const close = () => {
    process.off('exit', close);
    remove(pid);
  };
  process.once('exit', close);
  ip('link', 'add', bridge, 'type', 'bridge');
  ip('address', 'add', `${net}.1/24`, 'dev', bridge);
  ip('link', 'set', bridge, 'up');
  const machines = names.map((name, i) => {
    const address = `${net}.${i + 10}`;
    const command = ['ip', 'netns', 'exec', name];
    ip('netns', 'add', name);
    ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    ip('link', 'set', name, 'master', bridge, 'up');
    const inside = (...args: string[]) => ip('-n', name, ...args);
    inside('address', 'add', `${address}/24`, 'dev', 'eth0');
    for (const link of ['lo', 'eth0']) inside('link', 'set', link, 'up');
    return { address, command };
  });
  return { address: `${net}.1`, machines, close };
}

const ip = (...args: string[]): string =>
  execFileSync('ip', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** The pids in the names of bridges and namespaces. */
const owners = (): Set<number> =>
  new Set([...`${ip('netns', 'list')}${ip('-o', 'link')}`.matchAll(/\bderby(\d+)/g)].map(([, pid]) => Number(pid)));

/** With what still runs there. The cables too: a namespace stays a while after its last process. */
function remove(pid: number): void {
  for (const [name] of ip('netns', 'list').matchAll(new RegExp(`^derby${pid}-\\d+`, 'gm'))) {
    for (const [running] of ip('netns', 'pids', name).matchAll(/\d+/g))
      ifItIsThere(() => process.kill(Number(running), 'SIGKILL'));
    ip('netns', 'delete', name);
  }
  for (const [, name] of ip('-o', 'link').matchAll(new RegExp(`^\\d+: (derby${pid}(-\\d+)?)[@:]`, 'gm')))
    ifItIsThere(() => ip('link', 'delete', name!));
}

/** A process or a cable may have gone since it was listed. */
function ifItIsThere(end: () => unknown): void {
  try {
    end();
  } catch {}
}

function removeLeftovers(): void {
  for (const pid of owners()) if (!isRunning(pid)) remove(pid);
}

/** A process that has ended and that nobody has asked about has no command line. */
function isRunning(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}
