// @ts-check
/**
 * Builds what the cards of links are made of: fonts as TTF, since resvg draws nothing with WOFF2, and texts and words of each
 * language in one file. Called by `build.mjs`.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';

const WORDS = 'client/words';
const MESSAGES = 'client/messages';
const LATIN = '@fontsource-variable/bricolage-grotesque/files/bricolage-grotesque';
/** Names and words have all of it; headlines are condensed, as on the page. */
const BRICOLAGE = { 'bold-': { wght: 800, wdth: 85 }, '': { wght: 600, wdth: 100 } };
const KANA = String.fromCodePoint(...Array.from({ length: 0x30ff - 0x3000 + 1 }, (_, i) => 0x3000 + i));

/**
 * Each font has either all its glyphs or, where they are thousands, those of `for`'s texts and words, and of `also`.
 * @type {{ name: string, file: string, axes?: Record<string, Record<string, number>>, for?: string, also?: string }[]}
 */
const FONTS = [
  { name: 'latin', file: `${LATIN}-latin-wdth-normal.woff2`, axes: BRICOLAGE },
  { name: 'latin-ext', file: `${LATIN}-latin-ext-wdth-normal.woff2`, axes: BRICOLAGE },
  { name: 'vietnamese', file: `${LATIN}-vietnamese-wdth-normal.woff2`, axes: BRICOLAGE },
  { name: 'ar', file: '@fontsource/noto-sans-arabic/files/noto-sans-arabic-arabic-700-normal.woff2' },
  { name: 'ja', file: '@fontsource/noto-sans-jp/files/noto-sans-jp-japanese-700-normal.woff2', for: 'ja', also: KANA },
  { name: 'zh', file: '@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-700-normal.woff2', for: 'zh' },
];

/** What the fonts and the texts are made of. */
export const CARD_INPUTS = [WORDS, MESSAGES, 'server/cards/build.mjs'];

export async function buildCards(/** @type {string} */ folder) {
  // It has no types.
  const { default: subsetFont } = await import(/** @type {string} */ ('subset-font'));
  mkdirSync(folder, { recursive: true });
  /** @type {Record<string, string>} */
  const letters = {};
  for (const file of readdirSync(`${MESSAGES}/archive`)) {
    const read = (/** @type {string} */ path) => JSON.parse(readFileSync(path, 'utf8'));
    const language = file.replace('.json', '');
    const words = language === 'en' ? {} : read(`${WORDS}/${file}`);
    const { reveal, race, home } = read(`${MESSAGES}/${file}`);
    const { missed, blank, by, watch, challenge } = read(`${MESSAGES}/archive/${file}`).cards;
    const own = { missed, blank, by, watch, challenge };
    const texts = { ...own, got: reveal.got, saw: reveal.thoughts, seconds: race.at, site: home.tagline };
    const text = JSON.stringify({ words, texts });
    writeFileSync(`${folder}/${file}`, text);
    letters[language] = text;
  }
  for (const { name, file, axes = { '': undefined }, for: language, also = '' } of FONTS) {
    const font = readFileSync(`node_modules/${file}`);
    for (const [prefix, variationAxes] of Object.entries(axes)) {
      const text = language ? letters[language] + also : '';
      const options = /** @type {const} */ ({ targetFormat: 'sfnt', keepAllGlyphs: !language, noHinting: true });
      const made = await subsetFont(font, text, { ...options, ...(variationAxes && { variationAxes }) });
      writeFileSync(`${folder}/${prefix}${name}.ttf`, named(made, prefix + name));
    }
  }
}

/** A TrueType font by another name, which is its file's: those of a family share theirs, and a card must tell which it means. */
function named(/** @type {Buffer} */ font, /** @type {string} */ name) {
  const FAMILY = 1;
  const POSTSCRIPT = 6;
  const text = Buffer.from(name, 'utf16le').swap16();
  const records = [FAMILY, POSTSCRIPT].flatMap((id) => [3, 1, 0x409, id, text.length, 0]);
  const numbers = [0, 2, 2 * (3 + records.length), ...records];
  const table = Buffer.alloc(2 * numbers.length);
  for (const [i, number] of numbers.entries()) table.writeUInt16BE(number, 2 * i);
  for (let entry = 12; entry < 12 + 16 * font.readUInt16BE(4); entry += 16) {
    if (font.toString('latin1', entry, entry + 4) !== 'name') continue;
    font.writeUInt32BE(font.length, entry + 8);
    font.writeUInt32BE(table.length + text.length, entry + 12);
  }
  return Buffer.concat([font, table, text]);
}
