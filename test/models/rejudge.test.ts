/** Real drawings, judged as they grow, recorded, and judged again. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { rejudge } from '../../models/rejudgement.ts';
import { startRecognizer } from '../../server/inference/thread.ts';
import type { History } from '../../shared/history.ts';
import { inkAt } from '../../shared/history.ts';
import { inkLength } from '../../shared/ink.ts';
import type { Record } from '../../shared/record.ts';
import { decode, encode } from '../../shared/record.ts';
import { judge } from '../../shared/verdict.ts';
import { drawingsOf, SAMPLE_WORDS } from '../support/quickdraw.ts';
import { useServer } from '../support/server.ts';

const recognizer = await startRecognizer();
const { words } = recognizer;

/** A round as the server has it: the drawing comes chunk by chunk, and is judged after each until it is recognized. */
async function played(word: string, strokes: number[][]): Promise<Record> {
  const history: History = [];
  let verdict: Record['verdict'] = null;
  for (const [stroke, points] of strokes.entries())
    for (let i = 0; i < points.length; i += 8) {
      const at = history.length * 50;
      history.push({ at, stroke, points: points.slice(i, i + 8) });
      if (verdict) continue;
      const ink = inkAt(history);
      const [probabilities] = await recognizer.recognize([ink]);
      const { recognized, guesses, target } = judge(words, word, probabilities!, inkLength(ink));
      const moment = { rev: 0, strokes: stroke + 1, points: ink.strokes[stroke]!.length / 2 };
      if (recognized) verdict = { at, word: words.words[guesses[0]!.word]!.word, probability: target, ink: moment };
    }
  const by = { model: words.hash.slice(0, 16), engine: recognizer.engine! };
  return { ...by, word, language: 'en', nick: '', mark: 0, day: 20_000, seconds: 20, verdict, history };
}

test('the stored verdict and the new one agree for every drawing', async () => {
  let recognized = 0;
  for (const word of SAMPLE_WORDS)
    for (const { strokes } of drawingsOf(word, 3)) {
      const record = decode(encode(await played(word, strokes)));
      if (record.verdict) recognized++;
      expect(await rejudge(record, recognizer)).toMatchObject({ agrees: true });
    }
  expect(recognized).toBeGreaterThan(SAMPLE_WORDS.length);
});

test('a verdict that was another is noticed', async () => {
  const word = SAMPLE_WORDS[0]!;
  const record = await played(word, drawingsOf(word, 1)[0]!.strokes);
  const [ink] = drawingsOf(SAMPLE_WORDS[1]!, 1);
  const other = { at: 1, word, probability: 0.9, ink: null };
  const history = ink!.strokes.map((points, stroke) => ({ at: 0, stroke, points }));
  expect(await rejudge({ ...record, history, verdict: other }, recognizer)).toMatchObject({ agrees: false });
});

describe('npm run rejudge', () => {
  const server = useServer();
  const command = (...args: string[]) =>
    new Promise<{ code: number; output: string }>((done) => {
      const run = ['--import', 'tsx', 'models/rejudge.ts', ...args];
      execFile(process.execPath, run, (error, stdout, stderr) =>
        done({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
      );
    });
  /** Returns its id. */
  async function saved(record: Record): Promise<string> {
    // Ids are random, and some start with hyphens.
    const id = `--${randomBytes(15).toString('base64url')}`;
    const { word } = record;
    const bytes = deflateSync(encode(record));
    await server.replays.save({ id, code: 'ABCDE', owner: null, word, ms: record.verdict?.at ?? null, record: bytes });
    return id;
  }

  test('reads a replay from its server, and says whether and why its verdict has moved', {
    timeout: 60_000,
  }, async () => {
    const word = SAMPLE_WORDS[0]!;
    const [first] = drawingsOf(word, 1);
    const record = await played(word, first!.strokes);
    const there = ['--server', server.url];
    const same = await command(await saved(record), ...there);
    expect(same).toMatchObject({ code: 0, output: expect.stringContaining('They agree.') });
    expect(same.output).toContain(`by model ${words.hash.slice(0, 16)} on ${record.engine}`);

    const verdict = record.verdict ? null : { at: 1, word, probability: 0.9, ink: null };
    const other = await command(await saved({ ...record, verdict, model: '0123456789abcdef' }), ...there);
    expect(other).toMatchObject({ code: 1, output: expect.stringContaining('They differ: the model is another one.') });
    const bug = await command(await saved({ ...record, verdict }), ...there);
    expect(bug).toMatchObject({ code: 1, output: expect.stringContaining('This is a bug') });

    const none = await command('A'.repeat(22), ...there);
    expect(none).toMatchObject({ code: 1, output: expect.stringContaining('is there no such replay any more?') });
    expect(await command()).toMatchObject({ code: 2, output: expect.stringContaining('npm run rejudge -- ID') });
  });
});
