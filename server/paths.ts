/** Where the files outside server/ lie, whatever the working directory is. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Compiled, this module lies one folder deeper: in dist/server/. A Node that is too old gets here before it is refused. */
const ROOT = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '..' : '../..', import.meta.url));

/** Says which versions of Node run the game. */
export const PACKAGE_FILE = join(ROOT, 'package.json');
/** What is kept of players, in plain text. */
export const PRIVACY_FILE = join(ROOT, 'PRIVACY.md');
/** The built page. */
export const PAGE_DIR = join(ROOT, 'dist/client');
/** The model that is shipped with the game. */
export const MODEL_DIR = join(ROOT, 'models/quickdraw');
/** Fonts and texts of the cards of links, built. */
export const CARDS_DIR = join(ROOT, 'dist/cards');
/** The drawings that are shipped as ghosts. */
export const GHOSTS_FILE = join(ROOT, 'models/ghosts/samples.bin');
