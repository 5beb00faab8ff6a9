/** Lets a worker thread run TypeScript: in Node 20 it does not inherit the loader of its parent. Never part of a build. */
import { register } from 'tsx/esm/api';

register();
