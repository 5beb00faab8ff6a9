/** A small disk of its own, for tests of what happens when it is full. */
import { execFileSync } from 'node:child_process';

/** `size` as mount takes it. False if this user may not mount one. */
export function mountSmall(path: string, size: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export const resize = (path: string, size: string): void =>
  void execFileSync('mount', ['-o', `remount,size=${size}`, path]);

export const unmount = (path: string): void => void execFileSync('umount', [path]);
