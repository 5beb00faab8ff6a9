/** Practice: a local drawing, and the recognizer in a worker of this page. The worker looks at the newest ink only, never at a queue. */
import type { Stroke } from '../../shared/ink.ts';
import type { PlayerGuesses } from '../../shared/protocol.ts';
import type { Verdict, Words } from '../../shared/verdict.ts';
import * as local from '../drawing/local-drawing.ts';
import type { PenEvents } from '../drawing/pen.ts';
import type { Answer, Question } from './guess-worker.ts';

export interface Practice {
  readonly state: 'idle' | 'loading' | 'ready' | 'failed';
  readonly prompt: string;
  /** Words that are accepted for the prompt. */
  readonly alike: string[];
  readonly guesses: PlayerGuesses | undefined;
  readonly recognized: boolean;
  pen: PenEvents;
  load(): void;
  /** A new word, on an empty board. */
  next(): void;
  undo(): void;
  clear(): void;
  strokes(): Stroke[];
  /** Calls `listener` whenever the ink changes, until the returned function is called. */
  onInk(listener: () => void): () => void;
  close(): void;
}

export function createPractice(): Practice {
  let state = $state<Practice['state']>('idle');
  let prompt = $state('');
  let verdict = $state.raw<Verdict | undefined>();
  let recognized = $state(false);
  let words: Words | undefined;
  let worker: Worker | undefined;
  let drawing = local.newLocalDrawing(0);
  const listeners = new Set<() => void>();
  /** The question that the worker has, and whether the ink changed since then. */
  let asked: number | undefined;
  let stale = false;
  let count = 0;
  /** Answers to earlier questions are about ink that is not there any more. */
  let validFrom = 0;

  function changed(): void {
    for (const listener of listeners) listener();
    stale = true;
    look();
  }

  function look(): void {
    if (!worker || state !== 'ready' || asked !== undefined || !stale) return;
    stale = false;
    asked = ++count;
    const question: Question = { id: asked, strokes: local.visibleStrokes(drawing), target: prompt };
    worker.postMessage(question);
  }

  function receive({ data }: MessageEvent<Answer>): void {
    if (data.type === 'ready') {
      words = data.words;
      state = 'ready';
      // The board stays: it may have ink already.
      if (!prompt) prompt = another();
      look();
    } else if (data.type === 'failed') {
      console.warn("Couldn't load the recognizer:", data.reason);
      state = 'failed';
    } else if (data.id === asked) {
      asked = undefined;
      if (data.id >= validFrom) {
        verdict = data.verdict;
        recognized ||= data.verdict.recognized;
      }
      look();
    }
  }

  function another(): string {
    const deck = words?.words.filter((each) => each.prompt !== false && each.word !== prompt) ?? [];
    return deck[Math.floor(Math.random() * deck.length)]?.word ?? prompt;
  }

  function next(): void {
    prompt = another();
    wipe();
  }

  function wipe(): void {
    drawing = local.newLocalDrawing(0);
    recognized = false;
    dropVerdict();
  }

  /** A verdict on the ink before this change counts for nothing. */
  function dropVerdict(): void {
    validFrom = count + 1;
    if (local.visibleStrokes(drawing).length === 0) verdict = undefined;
    changed();
  }

  const named = (index: number): string => words?.words[index]?.word ?? '';

  return {
    get state() {
      return state;
    },
    get prompt() {
      return prompt;
    },
    get alike() {
      return words?.words.find((each) => each.word === prompt)?.alike ?? [];
    },
    get recognized() {
      return recognized;
    },
    get guesses() {
      if (!verdict) return undefined;
      const top = verdict.guesses.map(({ word, p }): [string, number] => [named(word), p]);
      return { player: '', sureness: verdict.sureness, top, target: verdict.target };
    },
    pen: {
      down: (x, y) => local.penDown(drawing, x, y),
      move: (x, y) => local.penMove(drawing, x, y),
      up: () => local.penUp(drawing),
      cancel: () => local.penCancel(drawing),
      drawn: changed,
    },
    load() {
      if (state === 'loading' || state === 'ready') return;
      state = 'loading';
      worker?.terminate();
      asked = undefined;
      worker = new Worker(new URL('./guess-worker.ts', import.meta.url), { type: 'module' });
      worker.onmessage = receive;
      worker.onerror = () => {
        state = 'failed';
      };
    },
    next,
    undo() {
      local.undo(drawing);
      dropVerdict();
    },
    clear: wipe,
    strokes: () => local.visibleStrokes(drawing),
    onInk(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => worker?.terminate(),
  };
}
