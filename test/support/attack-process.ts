/** An attack in a process of its own, at low priority: what it costs the attacker must not count as what it costs the server. */
import { setPriority } from 'node:os';
import type { Target } from './attacks.ts';
import { ATTACKS } from './attacks.ts';

setPriority(19);
process.once('message', async ({ name, target }: { name: string; target: Target }) => {
  await ATTACKS[name]!(target);
  process.send!('attacking');
});
process.once('disconnect', () => process.exit());
