/** From pointer events to pen events: one pen at a time, no palm, no page movement. */
import { BOARD } from '../../shared/ink.ts';
import { PEN_HZ } from '../../shared/protocol.ts';

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
/** The board moved under the pen, rather than a little with an animation. Board steps */
const JUMP = BOARD / 50;

/**
 * Draws with `pen` only while `may` allows it. A pen that is down too early, or while it may not draw for a moment, draws from its
 * first move after that.
 */
export function gated(pen: PenEvents, may: () => boolean): PenEvents {
  let early = false;
  return {
    ...pen,
    down(x, y) {
      early = !may();
      if (!early) pen.down(x, y);
    },
    move(x, y) {
      const was = early;
      early = !may();
      if (was && !early) pen.down(x, y);
      else if (!was && early) pen.up();
      else if (!early) pen.move(x, y);
    },
    up() {
      early = false;
      pen.up();
    },
  };
}

/** Whether the pointer touches the board. A touch has no buttons everywhere; a pen may be held with its barrel button pressed. */
function isDown({ pointerType, buttons, pressure }: PointerEvent): boolean {
  if (pointerType === 'touch' || (buttons & 1) !== 0) return true;
  return pointerType === 'pen' && buttons !== 0 && pressure > 0;
}

/** Lets a pointer draw on `surface`, a square that shows the whole board. Returns how to stop. */
export function createPen(surface: HTMLElement, pen: PenEvents): () => void {
  let pointer: number | undefined;
  let kind = '';
  /** The pointer that drew when the window lost it: if it is still down when it comes back, it draws on. */
  let lost: number | undefined;
  let stylus = -Infinity;
  /** When the newest point was made. ms */
  let keptAt = -Infinity;
  /** Where the board was at the last event, and the pen on the screen. */
  let box = new DOMRect();
  let last = { clientX: 0, clientY: 0 };

  const place = ({ clientX, clientY }: Pick<PointerEvent, 'clientX' | 'clientY'>): [number, number] => [
    ((clientX - box.left) / box.width) * BOARD,
    ((clientY - box.top) / box.height) * BOARD,
  ];

  /** Finds the board, which may have moved since the last event. False if the pen, which did not, is at another place of it. */
  function locate(): boolean {
    const before = place(last);
    box = surface.getBoundingClientRect();
    const now = place(last);
    return Math.hypot(now[0] - before[0], now[1] - before[1]) < JUMP;
  }

  function down(event: PointerEvent): void {
    if (event.pointerType === 'pen') stylus = event.timeStamp;
    if (event.button !== 0) return;
    if (event.pointerType === 'touch' && event.timeStamp - stylus < PALM_REJECTION_MS) return;
    if (pointer !== undefined) {
      // A palm touches the board before its stylus does.
      if (event.pointerType === 'pen' && kind === 'touch') pen.cancel();
      // The first pointer of its kind is pressed again: nobody told of its release.
      else if (event.isPrimary && event.pointerType === kind) pen.up();
      else return;
    }
    event.preventDefault();
    // The keys for undo and clear belong to the board.
    surface.focus({ preventScroll: true });
    begin(event);
  }

  function begin(event: PointerEvent): void {
    pointer = event.pointerId;
    kind = event.pointerType;
    lost = undefined;
    try {
      surface.setPointerCapture(pointer);
    } catch {
      // It is gone already, or not the browser's. The window's events still show where it goes.
    }
    last = event;
    locate();
    pen.down(...place(event));
    pen.drawn();
  }

  function move(event: PointerEvent): void {
    if (event.pointerType === 'pen') stylus = event.timeStamp;
    if (pointer === undefined && isDown(event) && isBack(event)) begin(event);
    if (event.pointerId !== pointer) return;
    if (!isDown(event)) {
      lift();
      return;
    }
    if (!locate()) {
      // The line goes on under the pen, and does not cross the board to get there.
      pen.up();
      pen.down(...place(last));
    }
    const all = event.getCoalescedEvents?.() ?? [];
    for (const each of all.length > 0 ? thinned(all) : [event]) pen.move(...place(each));
    last = event;
    pen.drawn();
  }

  /** No more events than the server takes for a hand: a mouse for games reports a thousand a second. The newest is kept. */
  function thinned(events: PointerEvent[]): PointerEvent[] {
    return events.filter((event, i) => {
      if (event.timeStamp - keptAt < 1000 / PEN_HZ && i < events.length - 1) return false;
      keptAt = event.timeStamp;
      return true;
    });
  }

  /** The pointer drew before the window lost it, or the mouse's first button is pressed while another one is. */
  const isBack = ({ pointerId, button, target }: PointerEvent): boolean =>
    pointerId === lost || (button === 0 && surface.contains(target as Node));

  function up(event: PointerEvent): void {
    if (event.pointerId === lost) lost = undefined;
    if (event.pointerId !== pointer) return;
    if (event.type === 'pointerup' && locate()) pen.move(...place(event));
    lift();
  }

  function lift(): void {
    if (pointer === undefined) return;
    pointer = undefined;
    pen.up();
    pen.drawn();
  }

  /** Nobody may tell of the release any more. */
  function lose(): void {
    lost = pointer;
    lift();
  }
  const hide = () => document.visibilityState === 'hidden' && lose();
  const loseCapture = (event: PointerEvent) => event.pointerId === pointer && lose();

  // Safari scrolls, zooms and selects by touch events, whatever `touch-action` says.
  const still = (event: Event) => event.cancelable && event.preventDefault();

  const gone = new AbortController();
  const { signal } = gone;
  surface.addEventListener('pointerdown', down, { signal });
  surface.addEventListener('lostpointercapture', loseCapture, { signal });
  // A pointer that is not captured leaves the board.
  addEventListener('pointermove', move, { signal });
  for (const end of ['pointerup', 'pointercancel'] as const) addEventListener(end, up, { signal });
  addEventListener('blur', lose, { signal });
  document.addEventListener('visibilitychange', hide, { signal });
  for (const stir of ['touchstart', 'touchmove', 'contextmenu', 'selectstart', 'dragstart'])
    surface.addEventListener(stir, still, { passive: false, signal });

  return () => {
    gone.abort();
    if (pointer !== undefined) pen.up();
  };
}
