/** Drawing input: from the pen into the local drawing, and from there to the server. */
import { CHUNK_EVERY, type Payload, type Recognition } from '../../shared/protocol.ts';
import { packChunk } from '../../shared/wire.ts';
import type { Link } from '../net/link.ts';
import type { Notices } from '../net/notices.ts';
import type { Room } from '../net/room.ts';
import * as local from './local-drawing.ts';
import { gated, type PenEvents } from './pen.ts';

export interface DrawingInput {
  pen: PenEvents;
  erase(how: local.Erasing): void;
  /** Strokes that were recognized stay. */
  mayErase(how: local.Erasing): boolean;
  /** The local player draws in this round, and it is on and not paused. */
  mayDraw(): boolean;
  /** Sends all that is not sent yet. Without a link it waits in the local drawing. */
  flush(): void;
  close(): void;
}

interface Parts {
  link: Link;
  room: Room;
  notices: Notices;
  /** ms */
  now: () => number;
}

export function createDrawingInput({ link, room, notices, now }: Parts): DrawingInput {
  function mayDraw(): boolean {
    const inside = room.inside();
    if (inside?.view.phase.name !== 'drawing' || inside.view.paused !== undefined) return false;
    return inside.view.players.some((player) => player.id === inside.me && player.playing);
  }

  function recognition(): Recognition | undefined {
    const inside = room.inside();
    const { phase } = inside?.view ?? {};
    return phase?.name === 'drawing' ? phase.recognized.find(({ player }) => player === inside!.me) : undefined;
  }

  function mayErase(how: local.Erasing): boolean {
    if (!mayDraw()) return false;
    const won = recognition();
    if (!won) return true;
    // A process of an older version does not say what was recognized: then all stays.
    return how === 'undo' && local.visibleStrokes(room.localDrawing()).length > (won.ink?.strokes ?? Infinity);
  }

  function flush(): void {
    if (!link.socket.connected || !room.isAdmitted() || !mayDraw()) return;
    const drawing = room.localDrawing();
    const me = room.inside()!.me!;
    for (let next = local.nextMessage(drawing, now()); next; next = local.nextMessage(drawing, now())) {
      const { event, ...payload } = next;
      if (event === 'resync') link.send('resync', { player: me });
      else if (event === 'chunk') link.send('chunk', packChunk({ round: drawing.round, ...next }));
      else link.send(event, { round: drawing.round, ...payload } as Payload<typeof event>);
    }
  }

  function repaint(): void {
    const me = room.inside()?.me;
    if (me) room.inkChanged(me);
  }

  // ---------------------------------------------------------------- the pen

  /** The pen was lifted by a pause, and may still be down when that is over. */
  let interrupted = false;

  const pen = gated(
    {
      down(x, y) {
        interrupted = false;
        if (local.isFull(room.localDrawing())) notices.add('ink-full');
        local.penDown(room.localDrawing(), x, y);
      },
      move(x, y) {
        if (interrupted) pen.down(x, y);
        else local.penMove(room.localDrawing(), x, y);
      },
      up() {
        interrupted = false;
        local.penUp(room.localDrawing());
        flush();
      },
      cancel() {
        interrupted = false;
        if (mayErase('undo')) local.penCancel(room.localDrawing());
        else local.penUp(room.localDrawing());
        flush();
      },
      drawn: repaint,
    },
    mayDraw,
  );

  function erase(how: local.Erasing): void {
    if (!mayErase(how)) return;
    if (how === 'undo') local.undo(room.localDrawing());
    else local.clear(room.localDrawing());
    repaint();
    flush();
  }

  // ---------------------------------------------------------------- while the round is on

  let pump: ReturnType<typeof setInterval> | undefined;

  function stop(): void {
    clearInterval(pump);
    pump = undefined;
  }

  room.onChange(() => {
    const { view } = room.inside() ?? {};
    const isOn = view?.phase.name === 'drawing';
    // What is not sent yet waits for the end of the pause.
    if (view?.paused !== undefined && local.penIsDown(room.localDrawing())) {
      local.penUp(room.localDrawing());
      interrupted = true;
    }
    if (isOn && !pump)
      pump = setInterval(() => {
        flush();
        link.probeIfSilent();
      }, CHUNK_EVERY);
    else if (!isOn && pump) {
      stop();
      local.penUp(room.localDrawing());
    }
  });

  link.socket.on('refused', () => local.recheckSoon(room.localDrawing(), now()));

  return { pen, erase, mayErase, mayDraw, flush, close: stop };
}
