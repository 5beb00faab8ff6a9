/** What the teacher of a lesson does in its rooms. Pure. */
import type { Refusal } from '../../shared/protocol.ts';
import type { Game } from './game.ts';
import { inMatch, paceOf } from './game.ts';
import { afterReveal } from './match.ts';

/** All time stops; or it goes on, and what was to come is later by as much. */
export function pause(game: Game, on: boolean, now: number): Game | Refusal {
  if (!game.lesson) return 'not-host';
  if (!on) return resumed(game, now);
  return game.paused === undefined ? { ...game, paused: now } : game;
}

export function resumed(game: Game, now: number): Game {
  const { paused, ...going } = game;
  if (paused === undefined) return game;
  const by = now - paused;
  const { phase } = going;
  switch (phase.name) {
    case 'countdown':
      return { ...going, phase: { ...phase, ends: phase.ends + by } };
    case 'drawing': {
      const { started, ends, close } = phase;
      return { ...going, phase: { ...phase, started: started + by, ends: ends + by, close: close + by } };
    }
    case 'reveal':
      return {
        ...going,
        phase: { ...phase, ends: phase.ends + by, ...(phase.started && { started: phase.started + by }) },
      };
    default:
      return going;
  }
}

/**
 * The time to draw is over; or that to look. A room that looks already looks on until the others do, so that all come to the next
 * word together.
 */
export function next(game: Game, to: 'reveal' | 'word', now: number): Game | Refusal {
  if (!game.lesson) return 'not-host';
  const { phase } = game;
  if (to === 'word') return phase.name === 'reveal' ? afterReveal(game, now) : game;
  if (phase.name === 'reveal') return { ...game, phase: { ...phase, ends: now + paceOf(game).reveal } };
  return phase.name === 'drawing' ? endOfDrawing(game, phase, now) : game;
}

/** What was drawn until now is judged still. */
const endOfDrawing = (game: Game, phase: Game['phase'] & { name: 'drawing' }, now: number): Game => ({
  ...game,
  phase: { ...phase, ends: Math.min(phase.ends, now), close: now + paceOf(game).settle },
});

/** The match has no more rounds than those that are done, and the one that is being drawn. */
export function finish(game: Game, now: number): Game | Refusal {
  if (!game.lesson) return 'not-host';
  const { match, phase } = game;
  if (!match || !inMatch(game)) return game;
  const rounds = match.results.length + (phase.name === 'drawing' ? 1 : 0);
  const ended = { ...game, match: { ...match, prompts: match.prompts.slice(0, rounds) } };
  if (phase.name === 'drawing') return endOfDrawing(ended, phase, now);
  return rounds === 0
    ? { ...game, match: null, phase: { name: 'lobby' } }
    : { ...ended, phase: { name: 'podium', since: now } };
}
