/** From pointer events to pen events: one pen at a time, no palm, no page movement. */
import { BOARD } from '../../shared/ink.ts';

export interface PenEvents {
  down(x: number, y: number): void;
  /** Every point the browser knows of since the last event, in order. */
  move(x: number, y: number): void;
  up(): void;
  /** Instead of `up`: it was no pen, and its stroke goes. */
  cancel(): void;
  /** After each event, once. */
  drawn(): void;
}

/** For so long after a stylus event, a touch is the hand that holds the stylus. */
const PALM_REJECTION_MS = 1500;

/** Draws with `pen` only while `may` allows it. A pen that is down too early draws from its first move after that. */
export function gated(pen: PenEvents, may: () => boolean): PenEvents {
  let early = false;
  return {
    ...pen,
    down(x, y) {
      early = !may();
      if (!early) pen.down(x, y);
    },
    move(x, y) {
      if (early && may()) {
        early = false;
        pen.down(x, y);
      } else if (!early) pen.move(x, y);
    },
    up() {
      early = false;
      pen.up();
    },
  };
}

/** Lets a pointer draw on `surface`, a square that shows the whole board. Returns how to stop. */
export function createPen(surface: HTMLElement, pen: PenEvents): () => void {
  let pointer: number | undefined;
  let kind = '';
  let stylus = -Infinity;
  let box: DOMRect;

  const place = (event: PointerEvent): [number, number] => [
    ((event.clientX - box.left) / box.width) * BOARD,
    ((event.clientY - box.top) / box.height) * BOARD,
  ];

  function down(event: PointerEvent): void {
    if (event.pointerType === 'pen') stylus = event.timeStamp;
    if (event.button !== 0) return;
    if (event.pointerType === 'touch' && event.timeStamp - stylus < PALM_REJECTION_MS) return;
    if (pointer !== undefined) {
      // A palm touches the board before its stylus does.
      if (event.pointerType !== 'pen' || kind !== 'touch') return;
      pen.cancel();
    }
    event.preventDefault();
    // The keys for undo and clear belong to the board.
    surface.focus({ preventScroll: true });
    pointer = event.pointerId;
    kind = event.pointerType;
    box = surface.getBoundingClientRect();
    surface.setPointerCapture(pointer);
    pen.down(...place(event));
    pen.drawn();
  }

  function move(event: PointerEvent): void {
    if (event.pointerType === 'pen') stylus = event.timeStamp;
    if (event.pointerId !== pointer) return;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const each of all.length > 0 ? all : [event]) pen.move(...place(each));
    pen.drawn();
  }

  function up(event: PointerEvent): void {
    if (event.pointerId !== pointer) return;
    if (event.type === 'pointerup') pen.move(...place(event));
    pointer = undefined;
    pen.up();
    pen.drawn();
  }

  // Safari scrolls, zooms and selects by touch events, whatever `touch-action` says.
  const still = (event: Event) => event.cancelable && event.preventDefault();

  surface.addEventListener('pointerdown', down);
  surface.addEventListener('pointermove', move);
  for (const end of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) surface.addEventListener(end, up);
  for (const stir of ['touchstart', 'touchmove', 'contextmenu', 'selectstart', 'dragstart'])
    surface.addEventListener(stir, still, { passive: false });

  return () => {
    if (pointer !== undefined) pen.up();
    surface.removeEventListener('pointerdown', down);
    surface.removeEventListener('pointermove', move);
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture'] as const)
      surface.removeEventListener(end, up);
    for (const stir of ['touchstart', 'touchmove', 'contextmenu', 'selectstart', 'dragstart'])
      surface.removeEventListener(stir, still);
  };
}
