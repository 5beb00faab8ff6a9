/** The public view of a game: all that people in the room, or on the home page, can see. Pure. */
import type { PhaseView, PlayerView, PublicRoom, RoomView, Standing } from '../../shared/protocol.ts';
import { DEFAULT_SETTINGS } from '../../shared/protocol.ts';
import { timesOf } from './challenge.ts';
import type { Game } from './game.ts';
import { ghostsShown } from './ghosts.ts';
import { anybodyStartsAt, votesNeeded } from './host.ts';
import { numberOf, promptOf } from './match.ts';
import { isPlaying } from './seats.ts';

/** The room as its people see it: no token, no session, no connection, no prompt before its round. */
export function view(game: Game, now: number): RoomView {
  const scores = scoresOf(game);
  const players: PlayerView[] = game.seats.map((seat) => ({
    id: seat.id,
    nick: seat.nick,
    mark: seat.mark,
    connected: seat.socket !== null,
    playing: isPlaying(game, seat),
    score: scores.get(seat.id)?.score ?? 0,
    vote: game.votes?.[seat.id] ?? null,
  }));
  const { code, version, host, daily, challenge, lesson, paused } = game;
  // Games of an older version have none.
  const { words = [] } = game.settings;
  const settings = { ...DEFAULT_SETTINGS, ...game.settings, words: [] };
  const spectators = Object.values(game.spectators).reduce((sum, each) => sum + each, 0);
  return {
    ...{ code, version, now, settings, ownWords: words.length, host, players, spectators, phase: phaseView(game) },
    ...{ anybodyStartsAt: anybodyStartsAt(game), votesNeeded: votesNeeded(game) },
    ...(lesson && { lesson: true as const }),
    ...(paused !== undefined && { paused }),
    ...(daily && { daily: { day: daily.day, ...(daily.scored !== undefined && { scored: daily.scored }) } }),
    ...(challenge && {
      challenge: { id: challenge.id, nick: challenge.nick, mark: challenge.mark, times: timesOf(challenge) },
    }),
  };
}

function phaseView(game: Game): PhaseView {
  const { phase, match } = game;
  if (phase.name === 'lobby' || phase.name === 'closed' || !match) return { name: 'lobby' };
  if (phase.name === 'podium') return { name: 'podium', results: match.results, standing: standing(game) };
  const { double } = promptOf(game);
  const ghosts = ghostsShown(game);
  const number = numberOf(game);
  const at = {
    ...{ round: game.round, number, of: match.prompts.length, ...(double && { double }) },
    ...(ghosts.length > 0 && { ghosts }),
  };
  switch (phase.name) {
    case 'countdown':
      return { name: 'countdown', ends: phase.ends, ...at };
    case 'reveal':
      return {
        name: 'reveal',
        ...(phase.started !== undefined && { started: phase.started }),
        ends: phase.ends,
        skips: phase.skips ?? [],
        result: match.results.at(-1)!,
        alike: promptOf(game).alike ?? [],
        ...at,
      };
    case 'drawing': {
      const { started, ends, closing, recognized } = phase;
      const { word: prompt, alike = [], difficulty } = promptOf(game);
      return {
        name: 'drawing',
        prompt,
        alike,
        difficulty,
        started,
        ends,
        ...(closing && { closing }),
        recognized,
        ...at,
      };
    }
  }
}

/** Each player's score in this match, including the current round. */
function scoresOf(game: Game): Map<string, { score: number; recognized: number; time: number }> {
  const running = game.phase.name === 'drawing' ? game.phase.recognized : [];
  const all = [...(game.match?.results ?? []).flatMap((result) => result.recognized), ...running];
  const scores = new Map<string, { score: number; recognized: number; time: number }>();
  for (const { player, at, points } of all) {
    const before = scores.get(player) ?? { score: 0, recognized: 0, time: 0 };
    scores.set(player, {
      score: before.score + points,
      recognized: before.recognized + 1,
      time: before.time + at,
    });
  }
  return scores;
}

/**
 * Everybody who drew in the match, best first: by score, then by prompts recognized, then by the time they took. Equal scores share
 * a place.
 */
export function standing(game: Game): Standing[] {
  const scores = scoresOf(game);
  const lines = Object.entries(game.match?.runners ?? {})
    .map(([player, { nick, mark }]) => ({
      player,
      nick,
      mark,
      ...(scores.get(player) ?? { score: 0, recognized: 0, time: 0 }),
    }))
    .sort((a, b) => b.score - a.score || b.recognized - a.recognized || a.time - b.time);
  return lines.map((line) => ({ ...line, place: lines.findIndex(({ score }) => score === line.score) + 1 }));
}

/** `by`: the keyed hash of the host's address, which never leaves the server. */
export type Listing = PublicRoom & { by: string | null };

/** The room's line on the home page; null if it is not listed, locked, or everybody is away. */
export function listing(game: Game): Listing | null {
  const { code, seats, settings, phase } = game;
  const host = seats.find((seat) => seat.id === game.host);
  const players = seats.filter((seat) => seat.lost === null).length;
  if (!settings.public || settings.locked || !host || players === 0 || phase.name === 'closed') return null;
  return { code, host: host.nick, players, seats: settings.seats, phase: phase.name, by: host.address ?? null };
}
