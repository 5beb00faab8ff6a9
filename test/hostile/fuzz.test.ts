/**
 * Messages made from the protocol's own schemas, mutated, and broken on the wire, against a real process. The server must live,
 * keep its memory, and let nobody change what they may not. `npm run fuzz` sends a million; its seed is printed.
 */
import { setTimeout as pause } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Attacker } from '../support/attacker.ts';
import { attack, endAttacks } from '../support/attacker.ts';
import type { Wire } from '../support/messages.ts';
import { wireMessages } from '../support/messages.ts';
import { pupil, pupilView, seated, teacher, teacherView } from '../support/lesson.ts';
import { known } from '../support/model.ts';
import type { Player } from '../support/player.ts';
import { closeAll, strokes, until } from '../support/player.ts';
import type { Process } from '../support/processes.ts';
import { endAll, startProcess } from '../support/processes.ts';
import { begin, drawing, room } from '../support/race.ts';
import { packChunk } from '../../shared/wire.ts';

const MESSAGES = Number(process.env.FUZZ_MESSAGES ?? 200_000);
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Messages of one connection, within what one may send at once: a cut connection tests nothing more. */
const PER_CONNECTION = 240;
/** A race is attacked for this long, half of its round; then the next one is. */
const RACE_MS = 60_000;
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
  const rounds = Math.ceil(MESSAGES / PER_CONNECTION);
  let warm = { memory: 0, handles: 0 };
  let target = await openRace();
  for (let i = 0; i < rounds; i++) {
    if (performance.now() > target.until) {
      await target.check();
      closeAll();
      target = await openRace();
    }
    if (i === Math.floor(rounds / 2)) warm = await use();
    const headers = { 'x-forwarded-for': `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` };
    let attacker = await attack(server.url, { headers });
    // Some are in the room, some are not.
    if (i % 2) await attacker.ask('watch', { code: target.code });
    for (const [k, message] of fc.sample(target.messages, { numRuns: PER_CONNECTION, seed: SEED + i }).entries()) {
      if (!attacker.isOpen()) attacker = await attack(server.url, { headers });
      send(attacker, message);
      if (k % 20 === 19) await pause(1);
    }
    attacker.close();
    const sent = (i + 1) * PER_CONNECTION;
    if (Math.floor(sent / 100_000) > Math.floor((sent - PER_CONNECTION) / 100_000)) console.log(`${sent} messages`);
  }
  await pause(1500);

  await target.check();
  expect(server.output()).not.toContain('a bug');
  expect(await metric('doodle_sockets')).toBe(4);
  const end = await use();
  expect(end.memory).toBeLessThan(warm.memory + 60 * MB);
  expect(end.handles).toBeLessThan(warm.handles + 10);
}, 7_200_000);

const use = async () => ({
  memory: await metric('process_resident_memory_bytes'),
  handles: await metric('nodejs_active_handles_total'),
});

/** A class, and two people in a round, one of whom has drawn a stroke: what the messages must not change. */
async function openRace() {
  const host = await teacher(server.url);
  const one = await pupil(server.url, host);
  await host.lesson.conduct({ do: 'deal' });
  await seated([one]);
  const [ann, bob] = (await room([server.url], 2, { seconds: 120, rounds: 1, seats: 2 })) as [Player, Player];
  await begin([ann, bob]);
  const { round } = drawing(ann);
  ann.socket.emit('chunk', packChunk({ round, rev: 0, stroke: 0, from: 0, points: [10, 10, 900, 900] }));
  await until(() => strokes(bob, ann.id!).length === 1, 'the stroke');
  const state = () => {
    const { version, pupils, rooms, settings } = teacherView(host);
    const { room } = ann;
    return JSON.stringify([
      room!.players,
      room!.settings,
      room!.host,
      room!.phase.name,
      version,
      pupils,
      rooms,
      settings,
    ]);
  };
  const before = state();
  return {
    code: ann.code!,
    until: performance.now() + RACE_MS,
    messages: wireMessages({
      ...{ code: ann.code!, player: ann.id! },
      ...{ lesson: teacherView(host).code, pupil: pupilView(one).id },
    }),
    async check() {
      expect(state()).toBe(before);
      expect(strokes(bob, ann.id!)).toEqual([[10, 10, 900, 900]]);
      expect(await ann.ask('ping', {})).toEqual({ ok: true });
      expect(one.lesson.state().at).toBe('inside');
    },
  };
}

function send(attacker: Attacker, message: Wire): void {
  if (typeof message === 'string' || Buffer.isBuffer(message)) attacker.raw(message);
  else if ('parts' in message) attacker.fragments(message.parts, message.isWhole);
  else attacker.bytes(message.frame);
}
