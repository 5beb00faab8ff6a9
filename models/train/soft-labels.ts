/**
 * Reads soft labels: what other networks think of whole drawings. `soft-labels.tsv.gz` has a line for each drawing: its key_id,
 * a tab, and words as `index:weight`, where the index is into categories.txt and the weights add up to about 255.
 */
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { DataError, readWords } from './dataset.ts';

/** By key, a weight for each of `words`. Empty without the file, which training does not need. */
export async function readSoftLabels(words: readonly string[], data: string): Promise<Map<string, Uint8Array>> {
  const file = join(data, 'soft-labels.tsv.gz');
  const labels = new Map<string, Uint8Array>();
  if (!existsSync(file)) return labels;
  const all = await readWords(data);
  const place = all.map((word) => words.indexOf(word));
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()), crlfDelay: Infinity });
  let number = 0;
  for await (const line of lines) {
    number++;
    const [key, text] = line.split('\t');
    if (!key || !text) throw new DataError(file, number, 'not a key and its weights');
    const weights = new Uint8Array(words.length);
    for (const pair of text.split(' ')) {
      const [index, weight] = pair.split(':').map(Number) as [number, number];
      if (!(index in all) || !(weight >= 0 && weight <= 255))
        throw new DataError(file, number, `"${pair}" is no word’s weight`);
      if (place[index]! >= 0) weights[place[index]!] = weight;
    }
    if (weights.some((weight) => weight > 0)) labels.set(key, weights);
  }
  return labels;
}
