/** A pen for the keyboard: the arrows move it, space puts it down and lifts it, Z undoes the last stroke, X clears. */
import { BOARD } from '../../shared/ink.ts';
import type { Erasing } from './local-drawing.ts';
import type { PenEvents } from './pen.ts';

export interface KeyboardPen {
  x: number;
  y: number;
  down: boolean;
}

const ARROWS: Record<string, [dx: number, dy: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
/** Board steps a second: slow at first, so that a short press is a small step. */
const SPEED = { first: 350, most: 1300, gain: 1800 };

/** Calls `show` with the pen's place, and with nothing when it is put away. Returns how to stop. */
export function createKeyboardPen(
  surface: HTMLElement,
  pen: PenEvents,
  erase: (how: Erasing) => void,
  show: (at: KeyboardPen | undefined) => void,
): () => void {
  const at: KeyboardPen = { x: BOARD / 2, y: BOARD / 2, down: false };
  const held = new Set<string>();
  let speed = SPEED.first;
  let last = 0;
  let frame: number | undefined;

  function move(time: number): void {
    const passed = Math.min(0.05, (time - last) / 1000);
    last = time;
    let dx = 0;
    let dy = 0;
    for (const key of held) {
      dx += ARROWS[key]![0];
      dy += ARROWS[key]![1];
    }
    const step = (speed * passed) / (Math.hypot(dx, dy) || 1);
    speed = Math.min(SPEED.most, speed + SPEED.gain * passed);
    at.x = Math.max(0, Math.min(BOARD, at.x + dx * step));
    at.y = Math.max(0, Math.min(BOARD, at.y + dy * step));
    if (at.down) {
      pen.move(at.x, at.y);
      pen.drawn();
    }
    show(at);
    frame = held.size > 0 ? requestAnimationFrame(move) : undefined;
  }

  function lift(): void {
    if (!at.down) return;
    at.down = false;
    pen.up();
  }

  function keydown(event: KeyboardEvent): void {
    const erasing = erasingOf(event);
    if (erasing) {
      // A held key would empty the board.
      if (!event.repeat) {
        lift();
        erase(erasing);
        if (surface.matches(':focus-visible')) show(at);
      }
    } else if (event.altKey || event.ctrlKey || event.metaKey) return;
    else if (event.key in ARROWS) {
      held.add(event.key);
      if (frame === undefined) {
        speed = SPEED.first;
        last = performance.now();
        frame = requestAnimationFrame(move);
      }
    } else if (event.key === ' ') {
      if (at.down && !event.repeat) lift();
      else if (!event.repeat) {
        at.down = true;
        pen.down(at.x, at.y);
        pen.drawn();
      }
      show(at);
    } else return;
    event.preventDefault();
  }
  // While a Mac's Command key is down, no other key's release is reported.
  const keyup = (event: KeyboardEvent) => (event.key === 'Meta' ? held.clear() : held.delete(event.key));
  const focus = () => surface.matches(':focus-visible') && show(at);
  function blur(): void {
    held.clear();
    lift();
    // The board may be on its way out of the page, where nothing can be shown any more.
    queueMicrotask(() => show(undefined));
  }
  const handlers = { keydown, keyup, focus, blur } as Record<string, EventListener | ((event: never) => unknown)>;
  for (const [name, handler] of Object.entries(handlers)) surface.addEventListener(name, handler as EventListener);
  return () => {
    for (const [name, handler] of Object.entries(handlers)) surface.removeEventListener(name, handler as EventListener);
    if (frame !== undefined) cancelAnimationFrame(frame);
    lift();
  };
}

/** Z and X by the letter on the key; on keyboards without Latin letters, by the key's place. */
function erasingOf({ key, code, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): Erasing | undefined {
  if (altKey) return undefined;
  const letter = (/^[a-z]$/i.test(key) ? key : code.replace(/^Key/, '')).toLowerCase();
  if (letter === 'z' || (letter === 'backspace' && !shiftKey)) return 'undo';
  if (ctrlKey || metaKey) return undefined;
  return letter === 'x' || letter === 'delete' || letter === 'backspace' ? 'clear' : undefined;
}
