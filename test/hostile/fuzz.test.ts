/**
 * Messages made from the protocol's own schemas, mutated, and broken on the wire, against a real process. The server must live,
 * keep its memory, and let nobody change what they may not. `npm run fuzz` sends a million; its seed is printed.
 */
import { setTimeout as pause } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attack, endAttacks } from '../support/attacker.ts';
import { wireMessages } from '../support/messages.ts';
import { known } from '../support/model.ts';
import { closeAll, strokes, until } from '../support/player.ts';
import type { Process } from '../support/processes.ts';
import { endAll, startProcess } from '../support/processes.ts';
import { begin, room } from '../support/race.ts';

const MESSAGES = Number(process.env.FUZZ_MESSAGES ?? 20_000);
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Messages of one connection, within what one may send at once: a cut connection tests nothing more. */
const PER_CONNECTION = 240;
const MB = 1024 * 1024;

let server: Process;
beforeAll(async () => {
  server = await startProcess({ ...known, TRUSTED_HOPS: '1', LOG_LEVEL: 'error' });
}, 60_000);
afterAll(async () => {
  endAttacks();
  closeAll();
  await endAll([server]);
});

const metric = async (name: string) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(await server.metrics())?.[1]);

test(`${MESSAGES} hostile messages change nothing that they may not (FUZZ_SEED=${SEED})`, async () => {
  console.log(`FUZZ_SEED=${SEED}`);
  const [ann, bob] = await room([server.url], 2, { seconds: 120, rounds: 1, seats: 2 });
  await begin([ann!, bob!]);
  ann!.socket.emit('chunk', { round: 1, rev: 0, stroke: 0, from: 0, points: [10, 10, 900, 900] });
  await until(() => strokes(bob!, ann!.id!).length === 1, 'the stroke');
  const before = JSON.stringify([ann!.room!.players, ann!.room!.settings, ann!.room!.host]);

  const arbitrary = wireMessages({ code: ann!.code!, player: ann!.id! });
  const rounds = Math.ceil(MESSAGES / PER_CONNECTION);
  let warm = 0;
  for (let i = 0; i < rounds; i++) {
    if (i === Math.floor(rounds / 2)) warm = await metric('process_resident_memory_bytes');
    const headers = { 'x-forwarded-for': `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` };
    let attacker = await attack(server.url, { headers });
    // Some are in the room, some are not.
    if (i % 2) await attacker.ask('watch', { code: ann!.code });
    for (const [k, message] of fc.sample(arbitrary, { numRuns: PER_CONNECTION, seed: SEED + i }).entries()) {
      if (!attacker.isOpen()) attacker = await attack(server.url, { headers });
      attacker.raw(message);
      if (k % 20 === 19) await pause(1);
    }
    attacker.close();
  }
  await pause(1500);

  expect(server.output()).not.toContain('a bug');
  expect(JSON.stringify([ann!.room!.players, ann!.room!.settings, ann!.room!.host])).toBe(before);
  expect(strokes(bob!, ann!.id!)).toEqual([[10, 10, 900, 900]]);
  expect(await ann!.ask('ping', {})).toEqual({ ok: true });
  expect(await metric('doodle_sockets')).toBe(2);
  expect(await metric('process_resident_memory_bytes')).toBeLessThan(warm + 60 * MB);
}, 3_600_000);
