/** A network of the lab that was trained in Node, and a tab that remembers it. */
import type { BrowserContextOptions, Page } from 'playwright-core';
import { type Maps, mapsOf, withMaps } from '../../client/lab/engine/look.ts';
import { weightsOf } from '../../client/lab/engine/network.ts';
import { classify } from '../../client/lab/engine/training.ts';
import type { Stroke } from '../../shared/ink.ts';
import { layersOf } from '../../shared/lab/kernels.ts';
import { pictureOf } from '../../shared/lab/picture.ts';
import { labelsOf, type Recipe } from '../../shared/lab/recipe.ts';
import { startEngine } from '../../models/lab/engine.ts';
import type { TestBrowser } from './browser.ts';
import { trained } from './lab.ts';

export interface Trained {
  recipe: Recipe;
  labels: string[];
  layers: ReturnType<typeof layersOf>;
  mapsOf(strokes: Stroke[]): Maps[];
  /** The probability of each label. */
  classify(strokes: Stroke[]): number[];
  /** A person whose tab remembers the network. */
  open(browser: TestBrowser, url: string, options?: BrowserContextOptions): Promise<Page>;
}

/** `epochs`: none gives a network that knows nothing. */
export async function trainNetwork(recipe: Recipe, epochs: number): Promise<Trained> {
  await startEngine();
  const { network } = await trained(recipe, epochs);
  const labels = labelsOf(recipe);
  const weights = weightsOf(network);
  const notes = JSON.stringify({
    recipe,
    weights: Buffer.from(weights.buffer, weights.byteOffset, weights.byteLength).toString('base64'),
  });
  const viewed = withMaps(network);
  return {
    recipe,
    labels,
    layers: layersOf({ recipe, weights }),
    mapsOf: (strokes) => mapsOf(viewed, pictureOf(strokes)),
    classify: (strokes) => [...classify(network, pictureOf(strokes), 1)],
    async open(browser, url, options) {
      const page = await browser.open(`${url}/lab`, options);
      await page.evaluate((notes) => sessionStorage.setItem('derby.lab.network', notes), notes);
      await page.goto(`${url}/lab/inside`);
      return page;
    },
  };
}
