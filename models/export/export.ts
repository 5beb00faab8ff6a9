/**
 * `npm run export -- --out DIR`: writes donated drawings as an open data set in Quick, Draw!'s layout.
 *
 *   --out DIR        replaced as a whole, or left as it is
 *   --license TEXT   of the data (or EXPORT_LICENSE), as in "CC BY 4.0". Nothing is exported without one
 *   --since DATE     only drawings of this day and later
 *   --data DATA_DIR  where the server keeps donated drawings (default: DATA_DIR)
 *   --training       instead: what networks may learn from, for the operator alone. It needs no license and must not be published
 */
import { parseArgs } from 'node:util';
import { progressLine } from '../output.ts';
import { exportDataset, leftovers } from './dataset.ts';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      license: { type: 'string', default: process.env.EXPORT_LICENSE },
      since: { type: 'string' },
      data: { type: 'string', default: process.env.DATA_DIR },
      training: { type: 'boolean', default: false },
    },
  });
  const { out, data, since = null } = values;
  const license = values.license?.trim();
  if (!out) throw new Error('Name a folder to write: npm run export -- --out DIR --license "CC BY 4.0"');
  if (!data) throw new Error('Name the folder of the donated drawings: --data DATA_DIR, or the setting DATA_DIR');
  if (!license && !values.training)
    throw new Error('Choose a license for the data: --license "CC BY 4.0", or the setting EXPORT_LICENSE');
  if (since !== null && !isDay(since)) throw new Error(`--since takes a day as in 2026-11-28, not "${since}"`);
  for (const folder of await leftovers(out))
    console.error(`${folder} is of an export that still runs or was killed. If none runs, delete it.`);
  const counts = await exportDataset({
    dataDir: data,
    out,
    since,
    license: values.training ? null : license!,
    day: new Date().toISOString().slice(0, 10),
    report: (message) => console.error(message),
    progress: progressLine(),
  });
  console.log(`${out}: ${counts.drawings} drawings of ${counts.byWord.size} words`);
}

function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  // A February 31 would be one in March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
