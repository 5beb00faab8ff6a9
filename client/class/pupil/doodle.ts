/** What a pupil draws for fun until the game begins: it stays in this tab, and lasts as long as it. */
import type { Client } from '../../client.ts';
import { createSketchpad, type Sketchpad } from '../../ui/sketchpad.ts';

const doodles = new WeakMap<Client, Sketchpad>();

/** The only one of this client. */
export function doodleOf(client: Client): Sketchpad {
  const doodle = doodles.get(client) ?? createSketchpad();
  doodles.set(client, doodle);
  return doodle;
}
