/** The last lines and reactions of the room. */
import type { ServerEvents } from '../../shared/protocol.ts';
import type { NewCell } from './cell.ts';
import type { Link } from './link.ts';

export type Line = { id: number } & Parameters<ServerEvents['chat']>[0];

const MAX_LINES = 60;

export interface Chat {
  lines(): Line[];
  send(text: string): Promise<boolean>;
  clear(): void;
}

export function createChat(link: Link, cell: NewCell): Chat {
  const lines = cell<Line[]>([]);
  let count = 0;
  link.socket.on('chat', (line) => {
    lines.value = [...lines.value.slice(1 - MAX_LINES), { id: count++, ...line }];
  });
  return {
    lines: () => lines.value,
    send: (text) => link.command('chat', { text }),
    clear() {
      lines.value = [];
    },
  };
}
