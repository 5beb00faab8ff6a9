/** The galleries' drawings, as the page asks for them (`docs/records.md`). */
import type { GallerySort } from '../../../shared/gallery.ts';
import { unpackRecords } from '../../../shared/gallery.ts';
import { inkAt } from '../../../shared/history.ts';
import type { Stroke } from '../../../shared/ink.ts';
import { BOARD } from '../../../shared/ink.ts';
import type { Record } from '../../../shared/record.ts';
import { decode } from '../../../shared/record.ts';

export interface Drawing {
  id: string;
  record: Record;
  strokes: Stroke[];
  /** What it was taken for meanwhile, each once. */
  thoughts: string[];
}

export interface GalleryPage {
  drawings: Drawing[];
  /** What the next page comes after; null if this is the last. */
  next: number | null;
}

/** There is no such word. */
export class NoWord extends Error {}

async function ask(path: string): Promise<Response> {
  const response = await fetch(`api/${path}`);
  if (response.status === 404) throw new NoWord();
  if (!response.ok) throw new Error(`the server answers ${response.status}`);
  return response;
}

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function drawingOf(id: string, record: Record): Drawing {
  const best = record.history.flatMap((event) =>
    'guesses' in event && event.guesses.sureness === 'guessing' ? event.guesses.top.slice(0, 1) : [],
  );
  const others = best.map(([word]) => word).filter((word) => word !== record.word && word !== record.verdict?.word);
  return { id, record, strokes: inkAt(record.history).strokes, thoughts: [...new Set(others)] };
}

async function unpacked(response: Response): Promise<GalleryPage> {
  const { replays, next } = unpackRecords(new Uint8Array(await response.arrayBuffer()));
  const drawings = await Promise.all(
    replays.map(async ({ id, record }) => drawingOf(id, decode(await inflate(record)))),
  );
  return { drawings, next };
}

export async function fetchWords(): Promise<[word: string, count: number][]> {
  return (await (await ask('gallery')).json()).words;
}

export async function fetchCovers(words: string[]): Promise<Drawing[]> {
  const query = new URLSearchParams(words.map((word) => ['word', word]));
  return (await unpacked(await ask(`gallery-covers?${query}`))).drawings;
}

export async function fetchPage(word: string, sort: GallerySort, after: number | null): Promise<GalleryPage> {
  const query = new URLSearchParams({ sort, ...(after !== null && { after: `${after}` }) });
  return unpacked(await ask(`gallery/${encodeURIComponent(word)}?${query}`));
}

/** Whether the server took the report. */
export async function sendReport(path: string, report: object): Promise<'sent' | 'too-often' | 'failed'> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(report),
    });
    // What is gone needs no report.
    if (response.ok || response.status === 404) return 'sent';
    return response.status === 429 ? 'too-often' : 'failed';
  } catch {
    return 'failed';
  }
}

/** A tile's margin, as a share of the board; and how much a small drawing is enlarged at most. */
const MARGIN = 0.08;
const MOST = 1.6;

/** The drawing in the middle of a sheet, as large as it fits. */
export function framed(strokes: Stroke[]): Stroke[] {
  const range = (axis: 0 | 1) => {
    let [least, most] = [Infinity, -Infinity];
    for (const stroke of strokes)
      for (let i = axis; i < stroke.length; i += 2) {
        least = Math.min(least, stroke[i]!);
        most = Math.max(most, stroke[i]!);
      }
    return { size: most - least, middle: (least + most) / 2 };
  };
  const [across, down] = [range(0), range(1)];
  const scale = Math.min(MOST, (BOARD * (1 - 2 * MARGIN)) / Math.max(across.size, down.size, 1));
  const place = (value: number, i: number) => Math.round(BOARD / 2 + (value - (i % 2 ? down : across).middle) * scale);
  return strokes.map((stroke) => stroke.map(place));
}
