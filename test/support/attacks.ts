/**
 * The attacks on one process that were found, each as a function that keeps it up until it is stopped. The tests run them
 * for a moment; `npm run bench:attacks` measures what an honest race feels meanwhile.
 */
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { RoomView } from '../../shared/protocol.ts';
import { packChunk } from '../../shared/wire.ts';
import type { Attacker, Transport } from './attacker.ts';
import { attack, attackBy } from './attacker.ts';

export interface Target {
  url: string;
  /** A room that the attacker was invited to. */
  code: string;
  /** Codes of a class and of its rooms, which are on its board. */
  others?: string[];
  /** Of the handshakes: which address the attack comes from. */
  headers: Record<string, string>;
  transport?: Transport;
}

/** Keeps it up until the returned function is called. */
export type Attack = (target: Target) => Promise<() => void>;

/** Repeats `act` for every attacker; a connection that was cut is replaced. */
async function repeat(
  n: number,
  target: Target,
  everyMs: number,
  act: (attacker: Attacker, i: number, beat: number) => unknown,
  prepare: (attacker: Attacker, i: number) => unknown = () => {},
): Promise<() => void> {
  const attackers = await attackBy(n, target.url, target.headers, target.transport);
  await Promise.all(attackers.map(prepare));
  let beat = 0;
  let isReplacing = false;
  const timer = setInterval(async () => {
    beat++;
    for (const [i, attacker] of attackers.entries()) if (attacker.isOpen()) act(attacker, i, beat);
    if (isReplacing) return;
    isReplacing = true;
    for (const [i, attacker] of attackers.entries()) {
      if (attacker.isOpen()) continue;
      attackers[i] = await attack(target.url, target);
      await prepare(attackers[i]!, i);
    }
    isReplacing = false;
  }, everyMs);
  return () => {
    clearInterval(timer);
    for (const attacker of attackers) attacker.close();
  };
}

const many = (n: number, act: () => void) => {
  for (let i = 0; i < n; i++) act();
};

const DIAGONALS = Array.from({ length: 240 }, (_, i) => (i % 2 ? [2040, 2040] : [0, 0])).flat();

/** Draws as much as it may: chunks of the longest lines there are. */
function drawDiagonals(attacker: Attacker, points = DIAGONALS): void {
  const phase = attacker.newest<RoomView>('room')?.phase;
  if (phase?.name !== 'drawing') return;
  const sent = (drawn.get(attacker) ?? { round: -1, from: 0 }) as { round: number; from: number };
  const from = sent.round === phase.round ? sent.from : 0;
  drawn.set(attacker, { round: phase.round, from: from + points.length / 2 });
  attacker.emit('chunk', packChunk({ round: phase.round, rev: 0, stroke: 0, from, points }));
}
const drawn = new WeakMap<Attacker, { round: number; from: number }>();

/** `n` attackers in rooms of their own, by default 12 in each, in a round. */
function racers(
  n: number,
  target: Target,
  everyMs: number,
  act: (attacker: Attacker, i: number, beat: number) => void,
  seats = 12,
) {
  const codes = new Map<number, Promise<string>>();
  return repeat(n, target, everyMs, act, async (attacker, i) => {
    const room = Math.floor(i / seats);
    if (i % seats === 0)
      codes.set(
        room,
        attacker
          .ask('create', { nick: 'a0', settings: { seats, seconds: 120, rounds: 1 } })
          .then((answer) => (answer?.ok ? answer.code! : '')),
      );
    const code = await codes.get(room)!;
    if (i % seats > 0) await attacker.ask('join', { code, nick: `a${i % seats}` });
    if (i % seats === 0) setTimeout(() => attacker.emit('start'), 500);
  });
}

const pick = <T>(list: T[]): T => list[Math.floor(Math.random() * list.length)]!;
const token = () => randomBytes(24).toString('base64url');

/** All that somebody may try who has a code and nothing else. */
const doors = (code: string, i: number): [string, unknown][] => [
  ['knock', { code, pictures: Array.from({ length: 4 }, () => Math.floor(Math.random() * 12)) }],
  ['knock', { code, pictures: Array.from({ length: 4 }, () => Math.floor(Math.random() * 12)) }],
  ['attend', { code, name: 'Swift Otter' }],
  ['attend', { code, token: token() }],
  ['attend', { code, pupil: 'aaaaaaaa' }],
  ['sit', { code, token: token() }],
  ['oversee', {}],
  ['teach', { code, token: token() }],
  ['conduct', { do: 'end' }],
  ['conduct', { do: 'pause', on: true }],
  ['join', { code, nick: `b${i}` }],
  ['join', { code, token: token() }],
  ['watch', { code }],
  ['create', { nick: `b${i}` }],
  ['chunk', packChunk({ round: 1, rev: 0, stroke: 0, from: 0, points: [0, 0] })],
  ['clear', { round: 1, rev: 0 }],
  ['ping', {}],
];

export const ATTACKS: Record<string, Attack> = {
  'unknown namespaces, nothing read': (target) =>
    repeat(4, target, 20, (attacker) => {
      attacker.stopReading();
      many(200, () => attacker.raw(`40/${Math.random().toString(36).slice(2)},`));
    }),
  'invented event names': (target) =>
    repeat(4, target, 20, (attacker) => many(100, () => attacker.emit(`n${Math.random()}`, 'x'.repeat(2000)))),
  'leaving and re-entering the namespace to guess codes': (target) =>
    repeat(4, target, 20, (attacker) =>
      many(50, () => {
        attacker.raw('41');
        attacker.raw('40');
        attacker.emit('watch', { code: 'AAAAA' });
      }),
    ),
  'refusals, with something allowed in between': (target) =>
    repeat(8, target, 50, (attacker) => {
      many(150, () => attacker.emit('kick', { player: 'x' }));
      attacker.emit('ping');
    }),
  'sixty drawings of the longest lines': (target) =>
    racers(60, target, 100, (attacker, _, beat) => drawDiagonals(attacker, beat % 10 ? undefined : [0, 0])),
  'drawings in eighty rooms': (target) =>
    racers(80, target, 50, (attacker, _, beat) => drawDiagonals(attacker, [beat % 2040, 0, 2040, beat % 2040]), 1),
  'strokes and undos of 240 pens': (target) =>
    racers(240, target, 25, (attacker, i, beat) => {
      if ((beat + i) % 4) drawDiagonals(attacker, [beat % 2040, 0, 2040, beat % 2040]);
      else attacker.emit('undo', { round: 1, rev: attacker.newest<{ rev: number }>('ink')?.rev ?? 0 });
    }),
  '390 spectators who react': (target) =>
    repeat(
      390,
      target,
      500,
      (attacker) => attacker.emit('chat', { text: '🔥' }),
      (attacker) => attacker.ask('watch', { code: target.code }),
    ),
  '200 spectators who come and go': (target) =>
    repeat(200, target, 500, (attacker, _, beat) =>
      beat % 2 ? attacker.emit('watch', { code: target.code }) : attacker.emit('leave'),
    ),
  'spectators who chat': (target) =>
    repeat(
      50,
      target,
      250,
      (attacker) => attacker.emit('chat', { text: '日本語のながいことば$h1t '.repeat(6) }),
      (attacker) => attacker.ask('watch', { code: target.code }),
    ),
  'readers that stop, and ask for large drawings': (target) =>
    racers(24, target, 25, (attacker, _, beat) => {
      if (beat < 200) drawDiagonals(attacker);
      else {
        attacker.stopReading();
        attacker.emit('chunk', packChunk({ round: 1, rev: 9, stroke: 0, from: 0, points: [0, 0] }));
      }
    }),
  'undo in large drawings': (target) =>
    racers(24, target, 25, (attacker, i, beat) => {
      const rev = attacker.newest<{ rev: number }>('ink')?.rev ?? 0;
      if (beat % 20 < 15) drawDiagonals(attacker);
      else attacker.emit('undo', { round: 1, rev: rev + (i % 2) });
    }),
  'rooms that are made and left': (target) =>
    repeat(8, target, 50, (attacker) => {
      attacker.emit('create', { nick: 'x', settings: { public: true } });
      attacker.emit('leave');
    }),
  'bytes that are no packets': (target) =>
    repeat(8, target, 20, (attacker, i) => {
      attacker.raw(Buffer.alloc(4000, i));
      attacker.raw('451-["chunk",{"_placeholder":true,"num":0}]');
      attacker.ping();
    }),
  'second WebSockets for one connection': (target) =>
    repeat(4, target, 20, (attacker) => {
      const { sid } = attacker;
      void attack(target.url, { ...target, bare: true, query: `&sid=${sid}` }).then((second) =>
        many(200, () => second.raw('2probe')),
      );
    }),
  'messages after the end of the connection': (target) =>
    repeat(8, target, 20, (attacker) => {
      attacker.raw('41');
      many(500, () => attacker.raw('3'));
    }),
  '500 bots that know the codes of a class': (target) =>
    repeat(500, target, 400, (bot, i, beat) => {
      const codes = [target.code, ...(target.others ?? [])];
      const code = codes[beat % codes.length]!;
      const [command, payload] = pick(doors(code, i))!;
      bot.emit(command, payload);
    }),
  'requests for pages and lists': async ({ url, headers }) => {
    const { hostname, port } = new URL(url);
    const ask = `GET /api/rooms HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${headers['x-forwarded-for']}\r\n\r\n`;
    const sockets = new Set<Socket>();
    const open = () => {
      const socket = connect(Number(port), hostname);
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('data', () => {});
      socket.on('close', () => sockets.delete(socket));
    };
    const timer = setInterval(() => {
      while (sockets.size < 30) open();
      for (const socket of sockets) socket.write(ask.repeat(20));
    }, 20);
    return () => {
      clearInterval(timer);
      for (const socket of sockets) socket.destroy();
    };
  },
  'requests that never end': async ({ url, headers }) => {
    const requests = Array.from({ length: 100 }, () => {
      const open = request(url, {
        method: 'POST',
        path: '/api/rooms',
        headers: { ...headers, 'Content-Length': '1000' },
      });
      open.on('error', () => {});
      open.write('x');
      return open;
    });
    return () => {
      for (const open of requests) open.destroy();
    };
  },
};
