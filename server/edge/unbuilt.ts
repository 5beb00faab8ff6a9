/** A server without a built page says what to do: on the terminal, and in the page's place. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PAGE_DIR } from '../paths.ts';

export const isPageBuilt = (): boolean => existsSync(join(PAGE_DIR, 'index.html'));

export const UNBUILT = 'The page has not been built yet. Build it with `npm run build`, then reload.';
