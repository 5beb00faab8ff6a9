/** What stays of matches: the daily six, challenges, galleries, and Google's drawings. */
import type { ChallengeRoom } from '../../server/game/game.ts';
import { promptOf } from '../../server/game/match.ts';
import { step } from '../../server/game/step.ts';
import { dayOf } from '../../shared/daily.ts';
import { endPhase } from '../support/party.ts';
import { saveReplay } from '../support/records.ts';
import { drawing, recognizedOf } from './sketches.ts';
import { all, backend, byId, EXPLORE_DATA, inPhase, type Pages, PROMPTS, settle, shoot, store, url } from './stage.ts';

/** What drawings in the galleries were taken for on the way. */
const recognizedAs: Record<string, string[]> = {
  snail: ['snake', 'squiggle'],
  crown: ['mountain'],
  angel: ['butterfly', 'star'],
  kangaroo: ['rabbit'],
  toaster: ['oven'],
  fan: ['windmill'],
  whale: ['fish'],
};

const AT = [3100, 4700, 8200, 14_500, null, 4100];

/** A match whose words the server has. In each round everybody is recognized at that time, by the rules. ms */
async function race(pages: Pages, times: (number | null)[]): Promise<void> {
  for (const at of times) {
    await all(pages, (page) => inPhase(page, 'drawing'));
    for (const [, page] of pages) {
      const code = new URL(page.url()).pathname.split('/').at(-1)!;
      await store.update(code, (game) => {
        if (at === null) return game;
        const { round, seats } = game;
        const { word } = promptOf(game);
        return step(game, { type: 'recognized', id: seats[0]!.id, round, at, word, probability: 0.9 }, Date.now());
      });
      await endPhase({ store }, code);
      await inPhase(page, 'reveal');
      await endPhase({ store }, code);
    }
  }
}

/** The day's six: before a try, and after it, among others who played. */
export async function daily(pages: Pages, kind: string): Promise<void> {
  const day = dayOf(Date.now());
  for (const [i, nick] of ['Priya', 'Jonas', 'Aiko', 'Tomás', 'Nuria', 'Sam', 'Lin'].entries())
    await backend.dailies.record({
      ...{ day, nick, session: nick, match: nick },
      ...{ score: 4980 - 310 * i, rounds: [] },
    });
  await all(pages, async (page) => {
    await page.goto(`${url}/daily`);
    await byId(page, 'daily-play').waitFor();
  });
  await settle(pages[0]![1]);
  await shoot(pages, 'daily', kind);
  await all(pages, (page) => byId(page, 'daily-play').click());
  await race(pages, AT);
  await all(pages, async (page) => {
    await byId(page, 'daily-open').click();
    await byId(page, 'daily-result').waitFor();
  });
  await settle(pages[0]![1]);
  await shoot(pages, 'daily-result', kind);
}

/** A challenge: before it is raced, and after that. */
export async function beat(pages: Pages, kind: string): Promise<void> {
  const owner = 'o'.repeat(22);
  const rounds: ChallengeRoom['rounds'] = [];
  for (const [i, at] of [2900, 6100, null, 9800, 5200, 4300].entries()) {
    const word = PROMPTS[i]!;
    const replay = await saveReplay(backend.replays, { word, strokes: drawing(word, i), ms: at }, { owner });
    rounds.push({ word, replay, at });
  }
  const id = `${kind}-${'x'.repeat(21)}`.slice(0, 22);
  await backend.challenges.save({ id, owner, nick: 'Aiko', mark: 4, seconds: 20, rounds });
  const tries: [nick: string, times: (number | null)[]][] = [
    ['Tomás', [null, 7000, 4100, 11_000, null, 4000]],
    ['Maximilian Braun', [2100, 5100, null, 12_000, 4100, 5000]],
  ];
  for (const [nick, times] of tries) await backend.challenges.record(id, { owner: nick, nick, times });
  await all(pages, async (page) => {
    await page.goto(`${url}/beat/${id}`);
    await byId(page, 'beat-play').waitFor();
  });
  await settle(pages[0]![1]);
  await shoot(pages, 'beat', kind);
  await all(pages, (page) => byId(page, 'beat-play').click());
  await race(pages, AT);
  await all(pages, async (page) => {
    await byId(page, 'beat-open').click();
    await byId(page, 'beat-duel').waitFor();
  });
  await settle(pages[0]![1]);
  await shoot(pages, 'beat-result', kind);
}

/** The galleries, with drawings that people here show. */
export async function hang(): Promise<void> {
  const words = Object.keys(recognizedAs);
  for (const [n, word] of words.entries())
    for (const [i, strokes] of (await recognizedOf(word)).entries()) {
      const drawn = {
        word,
        strokes,
        ms: 3200 + 900 * ((3 * i + n) % 7),
        thoughts: recognizedAs[word]!.slice(0, i % 3),
      };
      await saveReplay(backend.replays, { ...drawn, nick: i % 2 ? 'Priya' : '' }, { passes: true });
    }
}

export async function gallery(pages: Pages, kind: string): Promise<void> {
  await all(pages, (page) => page.goto(`${url}/gallery`));
  await all(pages, (page) => byId(page, 'word').locator('canvas').waitFor());
  await settle(pages[0]![1]);
  await shoot(pages, 'gallery', kind);
  await all(pages, (page) => page.goto(`${url}/gallery/snail`));
  await all(pages, (page) => byId(page, 'drawing').waitFor());
  await settle(pages[0]![1]);
  await shoot(pages, 'gallery-word', kind);
  await all(pages, (page) => byId(page, 'real').waitFor());
  await all(pages, (page) => byId(page, 'real').evaluate((section) => section.scrollIntoView()));
  await settle(pages[0]![1]);
  await shoot(pages, 'gallery-wrong', kind);
}

/** Drawings of Quick, Draw!: a wall, what Americans and Britons plug into, and whom the network knows less well. */
export async function explore(pages: Pages, kind: string): Promise<void> {
  if (!EXPLORE_DATA) return;
  const views = [
    ['explore-wall', 'explore/cat', 'wall'],
    ['explore-compare', 'explore/power%20outlet?view=compare&who=US&against=GB', 'compare'],
    ['explore-biases', 'explore?view=biases', 'biases-countries'],
  ] as const;
  for (const [screen, path, id] of views) {
    await all(pages, async (page) => {
      await page.goto(`${url}/${path}`);
      await byId(page, id).waitFor();
      await page.waitForLoadState('networkidle');
    });
    await settle(pages[0]![1]);
    await shoot(pages, screen, kind);
  }
}
