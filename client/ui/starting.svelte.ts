/** Who may start a match now: the host or, if the host is away for a while, any player. For a component's script. */
import type { RoomView } from '../../shared/protocol.ts';
import { secondsUntil } from './countdown.svelte.ts';

export interface Starting {
  readonly isAllowed: boolean;
  /** Until anybody may start, since the host is away; undefined while the host is here. */
  readonly secondsLeft: number | undefined;
}

export function starting(view: () => RoomView, me: () => string | undefined): Starting {
  const opens = secondsUntil(() => view().anybodyStartsAt ?? 0);
  const secondsLeft = () => (view().anybodyStartsAt === null ? undefined : opens.left);
  return {
    get secondsLeft() {
      return secondsLeft();
    },
    get isAllowed() {
      return me() !== undefined && (view().host === me() || secondsLeft() === 0);
    },
  };
}
