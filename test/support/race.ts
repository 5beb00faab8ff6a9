/** A race over several real processes, as the faults need it: people spread over them, who draw and who come back. */
import type { Ink } from '../../shared/ink.ts';
import type { PhaseView } from '../../shared/protocol.ts';
import type { Player } from './player.ts';
import { create, eraseAll, join, phase, stroke, strokes, until } from './player.ts';
import { drawingsOf } from './quickdraw.ts';

export const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** A room of `n`, each of whose players came in through the next of `urls`; `headersOf` one may say where from. */
export async function room(
  urls: string[],
  n: number,
  settings: Parameters<typeof create>[2],
  transport?: string,
  headersOf: (i: number) => Record<string, string> = () => ({}),
): Promise<Player[]> {
  const host = await create(urls[0]!, 'p0', settings, headersOf(0), transport);
  const others = Array.from({ length: n - 1 }, (_, i) =>
    join(urls[(i + 1) % urls.length]!, host.code!, `p${i + 1}`, headersOf(i + 1), transport),
  );
  return [host, ...(await Promise.all(others))];
}

export async function begin(players: Player[]): Promise<void> {
  const started = await players[0]!.ask('start', {});
  if (!started.ok) throw new Error(started.why);
  await Promise.all(players.map((player) => phase(player, 'drawing')));
}

export const drawing = (player: Player) => player.room!.phase as PhaseView & { name: 'drawing' };

/** Draws the whole ink, a stroke at a time. */
export async function drawInk(player: Player, ink: Ink, every = 60): Promise<void> {
  for (const points of ink.strokes) {
    stroke(player, points);
    await pause(every);
  }
}

/** Draws real drawings of the prompt (or `inks`), one after the other, until the server has recognized one. */
export async function drawUntilRecognized(player: Player, ms = 20_000, inks?: Ink[]): Promise<void> {
  const { round, prompt } = drawing(player);
  const isOver = () => {
    const { phase } = player.room!;
    if (phase.name !== 'drawing' || phase.round !== round) return true;
    return phase.recognized.some((each) => each.player === player.id);
  };
  const over = Date.now() + ms;
  for (const ink of inks ?? drawingsOf(prompt, 12)) {
    if (Date.now() > over) return;
    await drawInk(player, ink);
    await until(isOver, 'a verdict', 2000).catch(() => {});
    if (isOver()) return;
    eraseAll(player);
  }
}

/** Waits until everybody sees every drawing the same; tells who does not. */
export async function agreement(players: Player[], viewers: Player[] = [], ms = 10_000): Promise<void> {
  const everybody = [...players, ...viewers];
  const differing = () =>
    players.filter(({ id }) => new Set(everybody.map((who) => JSON.stringify(strokes(who, id!)))).size > 1);
  for (const over = Date.now() + ms; Date.now() < over; await pause(50)) if (differing().length === 0) return;
  const [first] = differing();
  if (!first) return;
  const lengths = everybody.map((who) => strokes(who, first.id!).map((each) => each.length / 2));
  throw new Error(
    `copies of ${first.room?.players.find((p) => p.id === first.id)?.nick}'s drawing: ${JSON.stringify(lengths)}`,
  );
}
