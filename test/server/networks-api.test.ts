/** Sharing networks over HTTP: only among those in a room or class, nothing but networks, and only while it lives. */
import { afterEach, describe, expect, test } from 'vitest';
import { ADDRESS_RATES } from '../../server/edge/limits.ts';
import {
  packShared,
  parseShared,
  SHARED_LIMIT,
  type SharedList,
  TOKEN_HEADER,
} from '../../shared/lab/shared-network.ts';
import { pupil, pupilView, teacher, teacherView, type Visitor } from '../support/lesson.ts';
import { closeAll, create, join, type Player, until } from '../support/player.ts';
import { useServer } from '../support/server.ts';
import { altered, RECIPE, someNetwork } from '../support/shared-network.ts';

const server = useServer({ env: { TRUSTED_HOPS: '1' } });
afterEach(closeAll);

interface Member {
  code: string;
  token: string;
}

const network = packShared(someNetwork());
const other = packShared({ ...someNetwork({ ...RECIPE, own: true }), accuracy: null });

/** Each test comes from an address of its own, so that none spends another's limits. */
let address = 0;
afterEach(() => void address++);
const request = ({ code, token }: Member, rest = '', init: RequestInit = {}) =>
  fetch(`${server.url}/api/networks/${code}${rest}`, {
    ...init,
    headers: { [TOKEN_HEADER]: token, 'X-Forwarded-For': `10.0.0.${address}`, ...init.headers },
  });
const put = (member: Member, body: Uint8Array, headers: Record<string, string> = {}) =>
  request(member, '', { method: 'PUT', body: new Blob([new Uint8Array(body)]), headers });
const listed = async (member: Member) => (await request(member)).json() as Promise<SharedList>;
const refused = async (response: Response) => [response.status, (await response.json()).error];

const seatOf = ({ code, token }: Player): Member => ({ code: code!, token: token! });
const kept = ({ player }: Visitor, role: 'pupil' | 'teacher'): Member => JSON.parse(player.client.memory.get(role)!);

async function room() {
  const ann = await create(server.url, 'Ann');
  const bob = await join(server.url, ann.code!, 'Bob');
  return { ann, bob };
}

async function lesson() {
  const host = await teacher(server.url);
  const pupils = [await pupil(server.url, host), await pupil(server.url, host)] as const;
  return { host, pupils };
}

describe('in a room', () => {
  test('members see and fetch each other’s networks; the newest of a member replaces the former', async () => {
    const { ann, bob } = await room();
    expect(await listed(seatOf(bob))).toEqual({ me: bob.id, networks: [] });
    expect((await put(seatOf(ann), other)).status).toBe(200);
    const answer = await put(seatOf(ann), network);
    expect([answer.status, await answer.json()]).toEqual([200, { ok: true }]);
    const about = { words: RECIPE.words, own: false, accuracy: 0.87, bytes: network.length };
    expect((await listed(seatOf(bob))).networks).toEqual([{ id: ann.id, name: 'Ann', ...about }]);
    const fetched = await request(seatOf(bob), `/${ann.id}`);
    expect(fetched.headers.get('cache-control')).toBe('no-store');
    expect(fetched.headers.get('content-type')).toBe('application/octet-stream');
    const bytes = new Uint8Array(await fetched.arrayBuffer());
    expect(bytes).toEqual(network);
    expect(parseShared(bytes).recipe).toEqual(RECIPE);
    await put(seatOf(bob), other);
    expect((await listed(seatOf(ann))).networks).toMatchObject([
      { name: 'Ann' },
      { name: 'Bob', own: true, accuracy: null },
    ]);
    // Taken back.
    expect((await request(seatOf(ann), '', { method: 'DELETE' })).status).toBe(200);
    expect((await listed(seatOf(bob))).networks).toMatchObject([{ name: 'Bob' }]);
    expect(await refused(await request(seatOf(bob), `/${ann.id}`))).toEqual([404, 'no-network']);
  });

  test('nobody else does anything, and a code that is none is answered like one that is', async () => {
    const { ann } = await room();
    const elsewhere = await create(server.url, 'Eve');
    await put(seatOf(ann), network);
    const code = ann.code!;
    for (const stranger of [
      { code, token: 'wrong' },
      { code, token: '' },
      { code, token: elsewhere.token! },
      { code, token: ann.id! },
      { code: 'ZZZZZ', token: ann.token! },
      { code: 'no%20code', token: ann.token! },
    ]) {
      expect(await refused(await request(stranger))).toEqual([404, 'no-room']);
      expect(await refused(await request(stranger, `/${ann.id}`))).toEqual([404, 'no-room']);
      expect(await refused(await put(stranger, network))).toEqual([404, 'no-room']);
      expect(await refused(await request(stranger, '', { method: 'DELETE' }))).toEqual([404, 'no-room']);
    }
    expect((await listed(seatOf(ann))).networks.length).toBe(1);
    expect((await listed(seatOf(elsewhere))).networks).toEqual([]);
  });

  test('another site changes nothing', async () => {
    const { ann } = await room();
    const Origin = 'https://elsewhere.example';
    expect((await put(seatOf(ann), network, { Origin })).status).toBe(403);
    await put(seatOf(ann), network);
    expect((await request(seatOf(ann), '', { method: 'DELETE', headers: { Origin } })).status).toBe(403);
    expect((await listed(seatOf(ann))).networks.length).toBe(1);
  });

  test('what is too large, or no network, is refused', async () => {
    const { ann } = await room();
    const full = Buffer.concat([network, Buffer.alloc(SHARED_LIMIT - network.length)]);
    expect(await refused(await put(seatOf(ann), full))).toEqual([400, 'malformed']);
    expect(await refused(await put(seatOf(ann), Buffer.concat([full, Buffer.alloc(1)])))).toEqual([413, 'too-large']);
    // Without saying its length.
    const stream = new Blob([new Uint8Array(SHARED_LIMIT + 1)]).stream();
    const init = { method: 'PUT', body: stream, duplex: 'half' } as RequestInit;
    expect(await refused(await request(seatOf(ann), '', init))).toEqual([413, 'too-large']);
    for (const body of [
      new Uint8Array(0),
      Buffer.from('{}'),
      network.subarray(1),
      network.subarray(0, -2),
      altered(network, (head) => ({ ...head, name: 'Ann' })),
    ])
      expect(await refused(await put(seatOf(ann), body))).toEqual([400, 'malformed']);
    const zipped = await put(seatOf(ann), network, { 'Content-Encoding': 'gzip' });
    expect(zipped.status).toBe(415);
    expect((await listed(seatOf(ann))).networks).toEqual([]);
  });

  test('the network of somebody who leaves or is kicked goes with them, and all of them with the room', async () => {
    const { ann, bob } = await room();
    const eve = await join(server.url, ann.code!, 'Eve');
    const [annSeat, bobSeat, eveSeat] = [seatOf(ann), seatOf(bob), seatOf(eve)];
    for (const each of [annSeat, bobSeat, eveSeat]) await put(each, network);
    await ann.client.session.kick(eve.id!);
    await expect.poll(async () => (await listed(annSeat)).networks.map(({ name }) => name)).toEqual(['Ann', 'Bob']);
    expect(await refused(await put(eveSeat, network))).toEqual([404, 'no-room']);
    bob.client.session.leave();
    await expect.poll(async () => (await listed(annSeat)).networks.map(({ name }) => name)).toEqual(['Ann']);
    expect(await server.backend.networks.read(ann.code!, bob.id!)).toBe(null);
    ann.client.session.leave();
    await expect.poll(() => server.store.read(annSeat.code), { timeout: 5000 }).toBe(null);
    expect(await server.backend.networks.read(annSeat.code, ann.id!)).toBe(null);
    expect(await server.backend.networks.list(annSeat.code)).toEqual(new Map());
    expect(await refused(await request(annSeat))).toEqual([404, 'no-room']);
    expect(await server.backend.networks.save(annSeat.code, ann.id!, { about: '{}', bytes: network })).toBe('gone');
  });

  test('a room for one person has nobody to share with', async () => {
    const ann = await create(server.url, 'Ann', undefined);
    await server.store.update(ann.code!, (game) => ({
      ...game,
      version: game.version + 1,
      daily: { day: 1, session: null },
    }));
    expect(await refused(await put(seatOf(ann), network))).toEqual([404, 'no-room']);
  });
});

describe('in a class', () => {
  test('teacher and pupils share with all of it, also from different rooms', async () => {
    const { host, pupils } = await lesson();
    const [one, two] = pupils;
    await host.lesson.conduct({ do: 'deal' });
    await until(() => pupilView(one).room !== null && one.player.client.room.inside(), 'a room');
    const room = pupilView(one).room!;
    expect((await put(kept(one, 'pupil'), network)).status).toBe(200);
    expect((await put(kept(host, 'teacher'), other)).status).toBe(200);
    const { me, networks } = await listed(kept(two, 'pupil'));
    expect(me).toBe(pupilView(two).id);
    expect(networks.map(({ id, name }) => ({ id, name }))).toEqual([
      { id: pupilView(one).id, name: pupilView(one).name },
      { id: 'teacher', name: null },
    ]);
    expect((await request(kept(two, 'pupil'), '/teacher')).status).toBe(200);
    // Its rooms have none of their own.
    expect(await refused(await request({ code: room, token: kept(one, 'pupil').token }))).toEqual([404, 'no-room']);
  });

  test('a removed pupil’s network is gone, and at its end all are', async () => {
    const { host, pupils } = await lesson();
    const [one, two] = pupils;
    const [pupil, neighbour, head] = [kept(one, 'pupil'), kept(two, 'pupil'), kept(host, 'teacher')];
    const { id } = pupilView(one);
    for (const each of [pupil, neighbour, head]) await put(each, network);
    await host.lesson.conduct({ do: 'remove', pupil: id });
    expect((await listed(head)).networks.map((each) => each.id)).toEqual([pupilView(two).id, 'teacher']);
    expect(await server.backend.networks.read(head.code, id)).toBe(null);
    expect(await refused(await request(pupil))).toEqual([404, 'no-room']);
    const { code } = teacherView(host);
    expect(await host.lesson.conduct({ do: 'end' })).toEqual({ ok: true });
    expect(await server.backend.networks.list(code)).toEqual(new Map());
    expect(await server.backend.networks.read(code, 'teacher')).toBe(null);
    for (const each of [neighbour, head]) expect(await refused(await request(each))).toEqual([404, 'no-room']);
    expect(await refused(await put(neighbour, network))).toEqual([404, 'no-room']);
  });
});

test('an address that sends too many is slowed down, and another is not', async () => {
  const { ann, bob } = await room();
  const tries = ADDRESS_RATES.share.burst + 10;
  const answers = await Promise.all(Array.from({ length: tries }, () => put(seatOf(ann), network)));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(ADDRESS_RATES.share.burst);
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
  // Reading has a limit of its own.
  expect((await listed(seatOf(bob))).networks.length).toBe(1);
  expect((await put(seatOf(bob), network, { 'X-Forwarded-For': '10.1.1.1' })).status).toBe(200);
});

test('without space it says so', async () => {
  const { ann } = await room();
  const { save } = server.backend.networks;
  server.backend.networks.save = async () => 'full';
  expect(await refused(await put(seatOf(ann), network))).toEqual([507, 'full']);
  server.backend.networks.save = save;
});
