/** What the page shows of words that count for the prompt. The components are rendered to HTML, without a browser. */
import { fileURLToPath } from 'node:url';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createMemory, newStorage } from '../../client/net/memory.ts';
import { sharesOf } from '../../client/ui/shares.ts';
import type { PlayerGuesses, PlayerView, Recognition } from '../../shared/protocol.ts';

const here = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const GUESSES: PlayerGuesses = {
  player: 'ann',
  sureness: 'guessing',
  top: [
    ['school bus', 0.4],
    ['bus', 0.3],
    ['truck', 0.1],
    ['van', 0.05],
  ],
  target: 0.7,
};
const ANN: PlayerView = { id: 'ann', nick: 'Ann', mark: 0, connected: true, playing: true, score: 0, vote: null };
const PHASE = { name: 'drawing', prompt: 'bus', started: 0, ends: 60_000, round: 0, number: 1, of: 6, recognized: [] };

let vite: ViteDevServer;
let page: object;
/** The best guesses for Ann's drawing, in order. */
let thoughts: string[] = [];

beforeAll(async () => {
  vite = await createServer({
    configFile: here('vite.config.ts'),
    logLevel: 'error',
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    appType: 'custom',
  });
  const { createLanguage } = await vite.ssrLoadModule('/page/language.svelte.ts');
  const room = {
    guessesOf: () => GUESSES,
    history: () => [
      { whole: true, thoughts: new Map([['ann', thoughts.map((word) => ({ word, probability: 0.5 }))]]) },
    ],
  };
  page = {
    client: { room, cheers: { latest: () => [] }, clock: { now: () => 0 } },
    language: createLanguage(createMemory(newStorage())),
  };
});
afterAll(() => vite?.close());

async function html(path: string, props: object): Promise<string> {
  const { default: InPage, render } = await vite.ssrLoadModule(here('test/client/InPage.svelte'));
  const { default: Part } = await vite.ssrLoadModule(`/${path}`);
  return render(InPage, { props: { page, Part, props } }).body.replaceAll(/<!--.*?-->/g, '');
}

/** The values of the attribute, in order. */
const values = (text: string, attribute: string) =>
  [...text.matchAll(new RegExp(` ${attribute}="([^"]*)"`, 'g'))].map(([, value]) => value);

test('the heading names what counts, and does without that from an older process', async () => {
  const path = 'screens/race/Heading.svelte';
  expect(await html(path, { phase: { ...PHASE, alike: ['school bus', 'van'] } })).toContain(
    'Also counts: school bus and van',
  );
  expect(await html(path, { phase: PHASE })).not.toContain('Also counts');
});

test('the prompt’s share includes its look-alikes, which have none of their own', async () => {
  expect(sharesOf(GUESSES, 'bus', ['school bus'], false)).toEqual([
    { label: 'bus', share: 0.7 },
    { label: 'truck', share: 0.1 },
    { label: 'van', share: 0.05 },
  ]);
  const props = { guesses: GUESSES, prompt: 'bus', alike: ['school bus'], won: false };
  const path = 'ui/GuessBars.svelte';
  expect(values(await html(path, props), 'data-word')).toEqual(['bus', 'truck', 'van']);
  // From an older process.
  expect(values(await html(path, { ...props, alike: undefined }), 'data-word')).toContain('school bus');
});

test('the pie has the best three guesses, and marks those that count', async () => {
  const pie = await html('ui/Pie.svelte', { guesses: GUESSES, accepted: ['bus', 'school bus'] });
  const best = GUESSES.top.slice(0, 3).map(([word]) => word);
  expect(values(pie, 'data-word')).toEqual(best);
  const counting = best.filter((word) => ['bus', 'school bus'].includes(word));
  expect([...pie.matchAll(/stroke: var\(--bar-hit\)/g)].length).toBe(counting.length);
  expect(counting.length).toBeGreaterThan(0);
});

test('a rival’s guess that counts is marked', async () => {
  const rival = (alike?: string[]) =>
    html('screens/race/Rival.svelte', { player: ANN, left: false, prompt: 'bus', alike });
  expect(await rival(['school bus'])).toMatch(/class="guess [^"]*hit/);
  expect(await rival(['van'])).not.toMatch(/class="guess [^"]*hit/);
  expect(await rival()).not.toMatch(/class="guess [^"]*hit/);
});

test('the reveal strikes out no guess that counts, and says which one was accepted', async () => {
  const reveal = async (word: string, alike: string[] | undefined, ...guesses: string[]) => {
    thoughts = guesses;
    const recognition: Recognition = { player: 'ann', at: 3000, word, probability: 0.7, points: 800 };
    const props = { player: ANN, prompt: 'bus', alike, place: 0, recognition, you: true };
    const text = await html('screens/reveal/Result.svelte', props);
    return {
      struck: [...text.matchAll(/<s [^>]*>(.*?)<\/s>/g)].map(([, each]) => each),
      accepted: /data-testid="accepted">.*?>I saw: ([^<]*)/.exec(text)?.[1],
      straight: text.includes('at first sight'),
    };
  };
  const guesses = ['truck', 'bus', 'van', 'school bus'];
  expect(await reveal('school bus', ['school bus', 'van'], ...guesses)).toEqual({
    struck: ['truck'],
    accepted: 'school bus',
    straight: false,
  });
  // From an older process.
  expect(await reveal('school bus', undefined, ...guesses)).toMatchObject({ struck: ['truck', 'van'] });
  expect(await reveal('bus', ['school bus'], 'truck', 'bus', 'school bus')).toEqual({
    struck: ['truck'],
    accepted: undefined,
    straight: false,
  });
  expect(await reveal('school bus', ['school bus'], 'school bus')).toEqual({
    struck: [],
    accepted: 'school bus',
    straight: false,
  });
  expect(await reveal('bus', ['school bus'], 'bus')).toEqual({ struck: [], accepted: undefined, straight: true });
});
