/** Where the files outside server/ lie, whatever the working directory is. */
import { join } from 'node:path';

/** Compiled, this module lies one folder deeper: in dist/server/. */
const ROOT = join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? '..' : '../..');

/** Says which versions of Node run the game. */
export const PACKAGE_FILE = join(ROOT, 'package.json');
/** The built page. */
export const PAGE_DIR = join(ROOT, 'dist/client');
/** The model that is shipped with the game. */
export const MODEL_DIR = join(ROOT, 'models/quickdraw');
