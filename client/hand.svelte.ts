/** One's own hand at the board: from the pen into `own.ts`, and from there to the server. */
import { CHUNK_EVERY } from '../shared/protocol.ts';
import { socket, watchLink } from './link.svelte.ts';
import { tell } from './notice.svelte.ts';
import * as own from './own.ts';
import { patient } from './pen.ts';
import { changed, isAdmitted, ownDrawing, room } from './room.svelte.ts';

export const mayDraw = (): boolean => {
  const inside = room();
  if (inside?.view.phase.name !== 'drawing') return false;
  return inside.view.players.some((player) => player.id === inside.me && player.playing);
};

export const pen = patient(
  {
    down(x, y) {
      if (own.isFull(ownDrawing())) tell('ink-full');
      own.penDown(ownDrawing(), x, y);
    },
    move: (x, y) => own.penMove(ownDrawing(), x, y),
    up() {
      own.penUp(ownDrawing());
      send();
    },
    cancel() {
      own.penCancel(ownDrawing());
      send();
    },
    drawn() {
      const me = room()?.me;
      if (me) changed(me);
    },
  },
  mayDraw,
);

export function erase(how: 'undo' | 'clear'): void {
  if (!mayDraw()) return;
  if (how === 'undo') own.undo(ownDrawing());
  else own.clear(ownDrawing());
  pen.drawn();
  send();
}

/** What is not sent for want of a link waits in `own.ts`. */
function send(): void {
  if (!socket.connected || !isAdmitted() || !mayDraw()) return;
  const drawing = ownDrawing();
  const { me } = room()!;
  for (let message = own.take(drawing, performance.now()); message; ) {
    const { event, ...payload } = message;
    if (event === 'resync') socket.emit('resync', { player: me! });
    else (socket.emit as (event: string, payload: object) => void)(event, { round: drawing.round, ...payload });
    message = own.take(drawing, performance.now());
  }
}

socket.on('refused', () => own.doubt(ownDrawing(), performance.now()));

const drawing = $derived(room()?.view.phase.name === 'drawing');

$effect.root(() => {
  $effect(() => {
    if (!drawing) return;
    const pump = setInterval(() => {
      send();
      watchLink();
    }, CHUNK_EVERY);
    return () => {
      clearInterval(pump);
      own.penUp(ownDrawing());
    };
  });
});
