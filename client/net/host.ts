/** Tells the person when somebody else becomes the host. */
import type { RoomView } from '../../shared/protocol.ts';
import type { Notices } from './notices.ts';
import type { Room } from './room.ts';

export function announceHosts(room: Room, notices: Notices): void {
  let last: RoomView | undefined;
  room.onChange(() => {
    const inside = room.inside();
    const before = last;
    last = inside?.view;
    if (!inside || !before?.host || before.code !== inside.view.code || before.host === inside.view.host) return;
    const { host } = inside.view;
    const nick = nickOf(inside.view, host);
    if (nick === undefined) return;
    const isHere = nickOf(inside.view, before.host) !== undefined;
    notices.add('host', {
      nick: host === inside.me ? undefined : nick,
      before: isHere ? undefined : nickOf(before, before.host),
    });
  });
}

const nickOf = ({ players }: RoomView, id: string | null): string | undefined =>
  players.find((player) => player.id === id)?.nick;
