/** What is said in the room. */
import type { ServerEvents } from '../shared/protocol.ts';
import { command, socket } from './link.svelte.ts';

export type Line = { id: number } & Parameters<ServerEvents['said']>[0];

/** Lines that are kept. */
const LINES = 60;

let lines = $state.raw<Line[]>([]);
let count = 0;

/** The last things said in the room. */
export const said = (): Line[] => lines;

export const say = (text: string): Promise<boolean> => command('say', { text });

export function forgetTalk(): void {
  lines = [];
}

socket.on('said', (line) => {
  lines = [...lines.slice(1 - LINES), { id: count++, ...line }];
});
