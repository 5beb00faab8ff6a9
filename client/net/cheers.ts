/** The last reactions to single players' drawings. */
import type { Reaction, ServerEvents } from '../../shared/protocol.ts';
import type { NewCell } from './cell.ts';
import type { Link } from './link.ts';

export type Cheer = { id: number } & Parameters<ServerEvents['cheer']>[0];

const MAX_CHEERS = 12;

export interface Cheers {
  latest(): Cheer[];
  send(player: string, reaction: Reaction): Promise<boolean>;
}

export function createCheers(link: Link, cell: NewCell): Cheers {
  const latest = cell<Cheer[]>([]);
  let count = 0;
  link.socket.on('cheer', (cheer) => {
    latest.value = [...latest.value.slice(1 - MAX_CHEERS), { id: count++, ...cheer }];
  });
  return {
    latest: () => latest.value,
    send: (player, reaction) => link.command('cheer', { player, reaction }),
  };
}
