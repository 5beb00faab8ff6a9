/** All that the check tries, at once where it can be, and what each came to. */
import type { Cell, NewCell } from '../../net/cell.ts';
import type { Key } from '../../page/language.svelte.ts';
import {
  closeLine,
  compileEngine,
  hold,
  type Latency,
  type Line,
  measureLatency,
  openLine,
  PINGS,
  startWorker,
  type Transport,
} from './probes.ts';

export const ROWS = ['websocket', 'polling', 'latency', 'hold', 'wasm', 'worker'] as const;
export type RowName = (typeof ROWS)[number];
export type Mark = 'ok' | 'slow' | 'fails' | 'skipped';

/** `share`: how much of it is done, where that is known. */
export type Row =
  | { mark: 'running'; share?: number; says?: Key; values?: Record<string, number> }
  | { mark: Mark; says: Key; values?: Record<string, number> };
export type Rows = Record<RowName, Row>;

export interface Examination {
  rows(): Rows;
  /** Does without the rest of the hold. */
  skipHold(): void;
  /** Ends all that is under way. */
  close(): void;
}

/** A line that takes longer to open is slow. ms */
const QUICK_TO_OPEN_MS = 2_000;
/** Round trips: guesses and rivals' ink seem to come at once; and they come soon enough. ms */
const GOOD_LATENCY_MS = 80;
const FINE_LATENCY_MS = 250;

const inSeconds = (ms: number) => Math.round(ms / 1000);

/** Begins at once. `holdMs`: how long a connection is kept. */
export function examine(holdMs: number, cell: NewCell): Examination {
  const closing = new AbortController();
  const { signal } = closing;
  const skipping = new AbortController();
  signal.addEventListener('abort', () => skipping.abort());
  const cells = Object.fromEntries(ROWS.map((name) => [name, cell<Row>({ mark: 'running' })])) as Record<
    RowName,
    Cell<Row>
  >;
  const set = (name: RowName, row: Row) => {
    if (!signal.aborted) cells[name].value = row;
  };

  async function tryLine(transport: Transport): Promise<Line | undefined> {
    const line = await openLine(transport, signal);
    const mark = !line ? 'fails' : line.openedMs > QUICK_TO_OPEN_MS ? 'slow' : 'ok';
    const ms = Math.round(line?.openedMs ?? 0);
    set(transport, { mark, says: `check.${transport}.${mark}`, values: { ms } });
    return line;
  }

  async function tryHold(line: Line): Promise<void> {
    const of = inSeconds(holdMs);
    const show = (heldMs: number) =>
      set('hold', {
        mark: 'running',
        share: heldMs / holdMs,
        says: 'check.hold.running',
        values: { seconds: inSeconds(heldMs), of },
      });
    show(0);
    const { end, afterMs } = await hold(line, holdMs, skipping.signal, show);
    const values = { seconds: inSeconds(afterMs), of };
    if (skipping.signal.aborted) set('hold', { mark: 'skipped', says: 'check.hold.skipped' });
    else if (end === 'held') set('hold', { mark: 'ok', says: 'check.hold.ok', values });
    else if (end === 'hidden') set('hold', { mark: 'skipped', says: 'check.hold.hidden' });
    else set('hold', { mark: 'fails', says: `check.hold.${end}`, values });
  }

  async function tryLatency(line: Line): Promise<void> {
    const show = (done: number) =>
      set('latency', {
        mark: 'running',
        share: done / PINGS,
        says: 'check.latency.running',
        values: { done, of: PINGS },
      });
    show(0);
    const latency = await measureLatency(line, signal, show);
    const values = latency && { median: Math.round(latency.median), worst: Math.round(latency.worst) };
    if (values) set('latency', { ...gradeOf(latency), values });
    else set('latency', { mark: 'fails', says: 'check.latency.lost' });
  }

  async function tryNetwork(): Promise<void> {
    const [websocket, polling] = [tryLine('websocket'), tryLine('polling')];
    const line = (await websocket) ?? (await polling);
    if (line) {
      const latency = tryLatency(line);
      // The other one has shown that it opens. Later, since a polling session that closes while it asks has a request refused.
      void Promise.all([polling, latency]).then(([other]) => other && other !== line && closeLine(other));
      await Promise.all([tryHold(line), latency]);
      closeLine(line);
    } else for (const name of ['latency', 'hold'] as const) set(name, { mark: 'fails', says: 'check.noLine' });
  }

  async function tryWasm(): Promise<void> {
    const wasm = await compileEngine(signal);
    const mark = ({ simd: 'ok', plain: 'slow', blocked: 'fails', none: 'fails' } as const)[wasm];
    set('wasm', { mark, says: `check.wasm.${wasm}` });
  }

  async function tryWorker(): Promise<void> {
    const mark = (await startWorker(signal)) ? 'ok' : 'fails';
    set('worker', { mark, says: `check.worker.${mark}` });
  }

  void tryNetwork();
  void tryWasm();
  void tryWorker();
  return {
    rows: () => Object.fromEntries(ROWS.map((name) => [name, cells[name].value])) as Rows,
    skipHold: () => skipping.abort(),
    close: () => closing.abort(),
  };
}

function gradeOf({ median }: Latency): { mark: 'ok' | 'slow'; says: Key } {
  if (median < GOOD_LATENCY_MS) return { mark: 'ok', says: 'check.latency.good' };
  if (median < FINE_LATENCY_MS) return { mark: 'ok', says: 'check.latency.fine' };
  return { mark: 'slow', says: 'check.latency.slow' };
}
