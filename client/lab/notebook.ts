/** What the tab remembers of the lab, so that a reload loses nothing. It is gone with the tab: others may use the same computer. */
import { type Network, parseNetwork } from '../../shared/lab/network.ts';
import { parseDraft, type Recipe } from '../../shared/lab/recipe.ts';
import { unpackDrawing } from '../../shared/lab/sample.ts';

export interface Notes {
  recipe?: Recipe;
  /** A learner's drawings of a word of their own, packed. */
  own: readonly string[];
  network?: Network;
}

export interface Notebook {
  read(): Notes;
  /** Replaces what is given. */
  write(part: Partial<Notes>): void;
}

/** `base`: the path of the game, of which a host may have several. */
export function createNotebook(base: string): Notebook {
  const key = (name: string) => `${base === '/' ? '' : base}derby.lab.${name}`;
  const get = (name: string): unknown => {
    try {
      return JSON.parse(sessionStorage.getItem(key(name)) ?? 'null');
    } catch {
      return undefined;
    }
  };
  function set(name: string, value: unknown): void {
    try {
      sessionStorage.setItem(key(name), JSON.stringify(value));
    } catch {
      // Forbidden or full: a reload starts again from the first recipe.
    }
  }
  /** What an older page wrote may no longer be understood. */
  const attempt = <T>(parse: () => T): T | undefined => {
    try {
      return parse();
    } catch {
      return undefined;
    }
  };
  return {
    read() {
      const recipe = attempt(() => parseDraft(get('recipe')));
      const own = attempt(() => (get('own') as string[]).filter((each) => unpackDrawing(each)));
      const network = attempt(() => {
        const { recipe, weights } = get('network') as { recipe: unknown; weights: string };
        return parseNetwork(recipe, Uint8Array.from(atob(weights), (each) => each.charCodeAt(0)).buffer);
      });
      return { own: own ?? [], ...(recipe && { recipe }), ...(network && { network }) };
    },
    write({ recipe, own, network }) {
      if (recipe) set('recipe', recipe);
      if (own) set('own', own);
      if (network) set('network', { recipe: network.recipe, weights: base64(network.weights) });
    },
  };
}

function base64(weights: Float32Array): string {
  const bytes = new Uint8Array(weights.buffer, weights.byteOffset, weights.byteLength);
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
