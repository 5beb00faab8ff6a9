/**
 * `npm run soak`: rooms whose people draw, undo, react, leave, lose their connection, reload and come back, match after match and
 * room after room, against the server as `npm start` runs it; and what the server holds meanwhile. `-- --minutes 30 --rooms 30`
 * With REDIS_URL in the environment, the rooms are there.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { CHUNK_EVERY, REACTIONS } from '../shared/protocol.ts';
import { chance } from '../test/support/chance.ts';
import type { Player } from '../test/support/player.ts';
import { create, eraseAll, eraseLast, join, watch } from '../test/support/player.ts';
import { endAll, startProcess } from '../test/support/processes.ts';
import { drawings } from './drawings.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, rooms: { type: 'string', default: '30' } },
});
const MINUTES = Number(values.minutes);
const ROOMS = Number(values.rooms);
const SEATS = 8;
/** A pen of 60 points a second. */
const POINTS_PER_CHUNK = 3;
const SAMPLE_MS = 5_000;
/** A line of the table is about this many minutes. */
const ROW = Math.max(1, MINUTES / 6);

const random = chance(1);
const inks = drawings(400);
const done = { rooms: 0, matches: 0, people: 0, spectators: 0, breaks: 0, reloads: 0, failures: [] as string[] };
const server = await startProcess({ TRUSTED_HOPS: '1', LOG_LEVEL: 'error' });
const start = performance.now();
const minutes = () => (performance.now() - start) / 60_000;
const isOver = () => minutes() >= MINUTES;

/** Each from an address of their own. */
const headers = () => {
  const n = done.people + done.spectators;
  return { 'x-forwarded-for': `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}` };
};

const rooms = Array.from({ length: ROOMS }, async () => {
  // Rooms neither begin nor end together.
  await pause(random.int(20_000));
  while (!isOver()) await live().catch(failed);
});
await sample();
await Promise.all(rooms);
const { failures, ...counts } = done;
console.log(`\n${JSON.stringify(counts)}; ${failures.length} failures ${JSON.stringify([...new Set(failures)])}`);
console.log(server.output().trim() || 'The log has no error.');
await endAll([server]);
process.exit(0);

function failed(error: Error): Promise<void> {
  done.failures.push(error.message);
  return pause(1000);
}

/** One room, from its first person to its last. */
async function live(): Promise<void> {
  const people: Player[] = [];
  const enter = async (entering: Promise<Player>) => {
    const person = await entering;
    people.push(person);
    void draw(person);
  };
  const nick = () => `p${++done.people}`;
  const leave = (person: Player) => {
    people.splice(people.indexOf(person), 1);
    person.client.session.leave();
    person.close();
  };
  done.rooms++;
  try {
    const settings = { seats: SEATS, rounds: 2, seconds: 20, public: random.next() < 0.2 };
    await enter(create(server.url, nick(), settings, headers()));
    const host = people[0]!;
    const come = () => enter(join(server.url, host.code!, nick(), headers()));
    const others = 1 + random.int(5);
    for (let n = 0; n < others; n++) await come();
    for (let match = 0; match < 2 && !isOver(); match++) {
      await host.ask('start', {});
      done.matches++;
      do {
        await pause(1000);
        const guest = people[1 + random.int(people.length - 1)];
        const act = random.next();
        if (act < 0.05 && people.length < SEATS) await come();
        else if (act < 0.1 && people.length > 2) leave(guest!);
        else if (act < 0.2) {
          done.breaks++;
          guest?.socket.io.engine.close();
        } else if (act < 0.25 && guest) {
          done.reloads++;
          guest.reload();
        } else if (act < 0.35) {
          done.spectators++;
          const spectator = await watch(server.url, host.code!, headers());
          setTimeout(() => spectator.close(), random.int(10_000));
        } else if (act < 0.5) guest?.client.chat.send(random.pick(REACTIONS));
        else if (act < 0.6) guest?.client.chat.send('what is that supposed to be?');
      } while (host.room!.phase.name !== 'podium' && !isOver());
    }
  } finally {
    for (const person of [...people]) leave(person);
  }
}

/** Draws one drawing after another whenever there is a round, until the person has left. */
async function draw(person: Player): Promise<void> {
  const { client } = person;
  const isIn = () => client.session.state().at !== 'outside' && client.session.state().at !== 'gone';
  const isDrawing = () => person.room?.phase.name === 'drawing' && client.room.isAdmitted();
  while (isIn()) {
    if (!isDrawing()) await pause(200);
    const { pen } = person.client.input;
    for (const line of random.pick(inks).strokes) {
      if (!isDrawing()) break;
      pen.down(line[0]!, line[1]!);
      for (let i = 2; i < line.length && isDrawing(); i += 2) {
        pen.move(line[i]!, line[i + 1]!);
        if (i % (POINTS_PER_CHUNK * 2) === 0) {
          pen.drawn();
          await pause(CHUNK_EVERY);
        }
      }
      pen.up();
      pen.drawn();
      if (random.next() < 0.1) eraseLast(person);
    }
    if (isDrawing()) eraseAll(person);
  }
}

/** Prints what the server holds, a line now and then: of the heap, the least in that time, which is what collections leave. */
async function sample(): Promise<void> {
  const names = {
    RSS: 'process_resident_memory_bytes',
    heap: 'nodejs_heap_size_used_bytes',
    handles: 'nodejs_active_handles_total',
    tensors: 'doodle_recognizer_tensors',
    rooms: 'doodle_rooms',
    sockets: 'doodle_sockets',
    chunks: 'doodle_chunks_total',
    guesses: 'doodle_guesses_total',
  };
  const read = async () => {
    const text = await server.metrics();
    const gauge = (metric: string) => Number(new RegExp(`^${metric} (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN);
    return Object.fromEntries(Object.entries(names).map(([name, metric]) => [name, gauge(metric)]));
  };
  const median = (list: number[]) => [...list].sort((a, b) => a - b)[list.length >> 1]!;
  console.log('| minutes | rooms | sockets | chunks | guesses | RSS | heap | handles − sockets | tensors |');
  console.log('|---|---|---|---|---|---|---|---|---|');
  for (let from = 0; from < MINUTES; from += ROW) {
    const seen: Record<string, number>[] = [];
    while (minutes() < Math.min(from + ROW, MINUTES)) {
      await pause(SAMPLE_MS);
      seen.push(await read());
    }
    const all = (name: string) => seen.map((each) => each[name]!);
    const mb = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MB`;
    const cells = [
      `${from.toFixed(0)} to ${(from + ROW).toFixed(0)}`,
      ...[median(all('rooms')), median(all('sockets')), all('chunks').at(-1)!, all('guesses').at(-1)!],
      ...[mb(median(all('RSS'))), mb(Math.min(...all('heap')))],
      ...[median(seen.map(({ handles, sockets }) => handles! - sockets!)), median(all('tensors'))],
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
