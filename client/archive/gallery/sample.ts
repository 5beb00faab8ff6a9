/** Google's drawings that ship with the game, fetched when a gallery shows some of them. */
import { readSample, type Sample } from '../../../shared/sample.ts';
import file from './sample.txt?url';

let sample: Promise<Sample> | undefined;

export function fetchSample(): Promise<Sample> {
  sample ??= fetch(file)
    .then(async (response) => {
      if (!response.ok) throw new Error(`the server answers ${response.status}`);
      return readSample(await response.text());
    })
    .catch((reason) => {
      sample = undefined;
      throw reason;
    });
  return sample;
}
