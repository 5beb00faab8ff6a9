/** What this person prefers in this browser. */
import type { Memory } from '../net/memory.ts';

const DEFAULTS = {
  /** Tones for the start, the last seconds, a recognition. */
  sound: true,
  /** The recognizer's guesses are spoken aloud. */
  voice: true,
  /** The code and the QR code stay covered, for people who stream their screen. */
  hideCode: false,
  /** Tools and guesses are on the other side, so that the drawing hand does not cover them. */
  leftHanded: false,
  /** Ghosts are shown, in rooms that have them. */
  ghosts: true,
  /** Ghosts race along when this person plays alone. */
  raceGhosts: false,
};
export type Preference = keyof typeof DEFAULTS;

export interface Preferences {
  get(name: Preference): boolean;
  toggle(name: Preference): void;
}

export function createPreferences(memory: Memory): Preferences {
  const read = (): typeof DEFAULTS => {
    try {
      return { ...DEFAULTS, ...JSON.parse(memory.get('choices') ?? '{}') };
    } catch {
      return DEFAULTS;
    }
  };
  let values = $state.raw(read());

  // A preference holds in all tabs: the code is covered on the television too.
  addEventListener('storage', () => {
    values = read();
  });

  return {
    get: (name) => values[name],
    toggle(name) {
      values = { ...values, [name]: !values[name] };
      memory.set('choices', JSON.stringify(values));
    },
  };
}
