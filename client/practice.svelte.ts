/** Practice: one's own ink, and the machine in a worker of this page that guesses along. Newest ink only, never a queue. */
import type { Stroke } from '../shared/ink.ts';
import type { PlayerGuesses } from '../shared/protocol.ts';
import type { Verdict, Words } from '../shared/verdict.ts';
import type { Painted } from './frames.ts';
import { soon } from './frames.ts';
import type { Answer, Question } from './guess-worker.ts';
import * as own from './own.ts';
import type { PenEvents } from './pen.ts';

export interface Practice {
  readonly state: 'idle' | 'loading' | 'ready' | 'failed';
  readonly prompt: string;
  readonly guesses: PlayerGuesses | undefined;
  readonly recognized: boolean;
  pen: PenEvents;
  load(): void;
  /** A new word, on an empty board. */
  next(): void;
  undo(): void;
  clear(): void;
  strokes(): Stroke[];
  onInk(canvas: Painted): () => void;
  close(): void;
}

export function createPractice(): Practice {
  let state = $state<Practice['state']>('idle');
  let prompt = $state('');
  let verdict = $state.raw<Verdict | undefined>();
  let recognized = $state(false);
  let words: Words | undefined;
  let worker: Worker | undefined;
  let drawing = own.newOwn(0);
  const canvases = new Set<Painted>();
  /** The question that is with the worker, and whether the ink changed since. */
  let asked: number | undefined;
  let stale = false;
  let count = 0;

  function changed(): void {
    for (const canvas of canvases) soon(canvas);
    stale = true;
    look();
  }

  function look(): void {
    if (!worker || state !== 'ready' || asked !== undefined || !stale) return;
    stale = false;
    asked = ++count;
    const question: Question = { id: asked, strokes: own.wanted(drawing), target: prompt };
    worker.postMessage(question);
  }

  function hear({ data }: MessageEvent<Answer>): void {
    if (data.type === 'ready') {
      words = data.words;
      state = 'ready';
      // Not a new board: something may be drawn already.
      if (!prompt) prompt = another();
      look();
    } else if (data.type === 'failed') {
      console.warn('The machine could not be fetched:', data.reason);
      state = 'failed';
    } else if (data.id === asked) {
      asked = undefined;
      verdict = data.verdict;
      recognized ||= data.verdict.recognized;
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
    drawing = own.newOwn(0);
    recognized = false;
    unseen();
  }

  /** A look at what was there before counts for nothing. */
  function unseen(): void {
    asked = undefined;
    if (own.wanted(drawing).length === 0) verdict = undefined;
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
    get recognized() {
      return recognized;
    },
    get guesses() {
      if (!verdict) return undefined;
      const top = verdict.guesses.map(({ word, p }): [string, number] => [named(word), p]);
      return { player: '', sureness: verdict.sureness, top, target: verdict.target };
    },
    pen: {
      down: (x, y) => own.penDown(drawing, x, y),
      move: (x, y) => own.penMove(drawing, x, y),
      up: () => own.penUp(drawing),
      cancel: () => own.penCancel(drawing),
      drawn: changed,
    },
    load() {
      if (state === 'loading' || state === 'ready') return;
      state = 'loading';
      worker?.terminate();
      asked = undefined;
      worker = new Worker(new URL('./guess-worker.ts', import.meta.url), { type: 'module' });
      worker.onmessage = hear;
      worker.onerror = () => {
        state = 'failed';
      };
    },
    next,
    undo() {
      own.undo(drawing);
      unseen();
    },
    clear: wipe,
    strokes: () => own.wanted(drawing),
    onInk(canvas) {
      canvases.add(canvas);
      soon(canvas);
      return () => canvases.delete(canvas);
    },
    close: () => worker?.terminate(),
  };
}
