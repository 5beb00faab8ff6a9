/** The last lines and reactions of the room. */
import { REACTIONS, type ServerEvents } from '../../shared/protocol.ts';
import type { NewCell } from './cell.ts';
import type { Link } from './link.ts';

export type Line = { id: number } & Parameters<ServerEvents['chat']>[0];

const MAX_LINES = 60;
/** So that reactions do not push out what was said. */
const MAX_REACTIONS = 12;

export const isReaction = ({ text }: { text: string }): boolean => REACTIONS.some((each) => each === text);

export interface Chat {
  lines(): Line[];
  send(text: string): Promise<boolean>;
  clear(): void;
}

export function createChat(link: Link, cell: NewCell): Chat {
  const lines = cell<Line[]>([]);
  let count = 0;
  link.socket.on('chat', (line) => {
    const all = [...lines.value, { id: count++, ...line }];
    const said = all.filter((each) => !isReaction(each)).slice(-MAX_LINES);
    const reactions = all.filter(isReaction).slice(-MAX_REACTIONS);
    lines.value = [...said, ...reactions].sort((a, b) => a.id - b.id);
  });
  return {
    lines: () => lines.value,
    send: (text) => link.command('chat', { text }),
    clear() {
      lines.value = [];
    },
  };
}
