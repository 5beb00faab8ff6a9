/** Where this browser may share networks: with its class, or with the room of its last seat. Whether these are still there the server knows. */
import type { Memory } from '../../net/memory.ts';

export interface Membership {
  in: 'class' | 'room';
  code: string;
  token: string;
}

/** The likeliest first. */
export function membershipsOf(memory: Memory): Membership[] {
  const room = memory.lastSeat();
  const token = room && memory.seat(room);
  return [
    ...[memory.get('teacher'), memory.get('pupil')].flatMap((kept) => inClass(kept) ?? []),
    ...(room && token ? [{ in: 'room' as const, code: room, token }] : []),
  ];
}

function inClass(kept = ''): Membership | undefined {
  try {
    const { code, token } = JSON.parse(kept) as { code: unknown; token: unknown };
    return typeof code === 'string' && typeof token === 'string' ? { in: 'class', code, token } : undefined;
  } catch {
    return undefined;
  }
}
