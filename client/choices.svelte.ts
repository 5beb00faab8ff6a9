/** What this person chose for this browser. */
import { remember, remembered } from './memory.ts';

const DEFAULTS = {
  /** Tones for the start, the last seconds, a recognition. */
  sound: true,
  /** The machine says aloud what it sees. */
  voice: true,
  /** The code and the QR code stay covered, for those who stream their screen. */
  hideCode: false,
  /** Tools and guesses on the other side, so that the drawing hand does not cover them. */
  leftHanded: false,
};
export type Choice = keyof typeof DEFAULTS;

const read = (): typeof DEFAULTS => {
  try {
    return { ...DEFAULTS, ...JSON.parse(remembered('choices') ?? '{}') };
  } catch {
    return DEFAULTS;
  }
};

let choices = $state.raw(read());

export const chosen = (choice: Choice): boolean => choices[choice];

// What is chosen in one tab holds in all: the code is covered on the television too.
addEventListener('storage', () => {
  choices = read();
});

export function toggle(choice: Choice): void {
  choices = { ...choices, [choice]: !choices[choice] };
  remember('choices', JSON.stringify(choices));
}
