/** How a client comes into a class, and stays in it. The rest is in test/server/lessons.test.ts, over the same server. */
import { afterEach, expect, test } from 'vitest';
import { NAMES, pupil, pupilView, seated, teacher, teacherView, type Visitor, visitor } from '../support/lesson.ts';
import { closeAll, create, phase, until } from '../support/player.ts';
import { useServer } from '../support/server.ts';

const server = useServer();
afterEach(closeAll);

const isHere = (host: Visitor, id: string) => teacherView(host).pupils.find((each) => each.id === id)?.here;

test('a pupil who goes elsewhere is away, and comes back to the place and the room', async () => {
  const host = await teacher(server.url);
  const one = await pupil(server.url, host);
  const { id, code } = pupilView(one);
  await host.lesson.conduct({ do: 'deal' });
  await seated([one]);
  one.lesson.detach();
  expect(one.player.client.session.state()).toEqual({ at: 'outside' });
  await until(() => isHere(host, id) === false, 'the pupil to be away');
  expect(one.lesson.roleIn(code)).toBe('pupil');
  one.lesson.comeBack(code);
  await until(() => isHere(host, id), 'the pupil');
  await seated([one]);
});

test('a pupil who departs is forgotten, by the browser and by the class', async () => {
  const host = await teacher(server.url);
  const one = await pupil(server.url, host);
  const { id, code } = pupilView(one);
  one.lesson.depart();
  await until(() => isHere(host, id) === undefined, 'the pupil to be gone');
  expect([one.lesson.roleIn(code), one.lesson.state()]).toEqual([undefined, { at: 'outside' }]);
});

test('whoever comes into another class leaves the first', async () => {
  const [first, second] = [await teacher(server.url), await teacher(server.url)];
  const one = await pupil(server.url, first);
  const { id } = pupilView(one);
  const { code, pattern } = teacherView(second);
  const answer = await one.lesson.knock(code, pattern.pictures);
  one.lesson.attend(code, answer.ok ? answer.names[0]! : '');
  await until(() => one.lesson.state().at === 'inside' && pupilView(one).code === code, 'the second class');
  expect(isHere(first, id)).toBe(false);
});

test('coming into a class leaves a room of no class', async () => {
  const host = await create(server.url, 'host');
  const code = host.code!;
  const one = visitor(server.url);
  one.player.client.session.join(code, 'guest');
  await until(() => host.client.room.inside()?.view.players.length === 2, 'the guest');
  one.lesson.teach(NAMES);
  await until(() => one.lesson.state().at === 'inside', 'a class');
  await until(() => host.client.room.inside()?.view.players.length === 1, 'a seat that is free again');
  expect(one.player.client.session.state()).toEqual({ at: 'outside' });
});

test('a request that a lost link took along has to be made again', async () => {
  const host = await teacher(server.url);
  const gone = await pupil(server.url, host);
  const { id, code } = pupilView(gone);
  gone.player.close();
  await until(() => isHere(host, id) === false, 'the loss');
  const one = visitor(server.url);
  await until(() => one.player.socket.connected, 'a connection');
  await one.lesson.knock(code, teacherView(host).pattern.pictures);
  one.lesson.reclaim(code, id);
  await until(() => one.lesson.state().at === 'asking', 'the request');
  one.player.client.link.reconnect();
  await until(() => one.lesson.state().at === 'outside', 'the loss of the request');
  expect(one.lesson.state()).toEqual({ at: 'outside', code });
  await until(() => teacherView(host).asking.length === 0, 'no request');
});

test('a room that closes or goes elsewhere shows no page of the game', async () => {
  const host = await teacher(server.url);
  const one = await pupil(server.url, host);
  await host.lesson.conduct({ do: 'deal' });
  await seated([one]);
  const states: string[] = [];
  one.player.client.room.onChange(() => void states.push(one.player.client.session.state().at));
  await host.lesson.conduct({ do: 'settings', settings: { rounds: 1, seconds: 60 } });
  expect(await host.lesson.conduct({ do: 'start' })).toEqual({ ok: true });
  await phase(one.player, 'drawing');
  const before = pupilView(one).room;
  await host.lesson.conduct({ do: 'deal' });
  await until(() => pupilView(one).room !== before, 'another room');
  await seated([one]);
  await host.lesson.conduct({ do: 'end' });
  await until(() => one.lesson.state().at === 'outside', 'the end');
  expect(states).not.toContain('gone');
  expect(one.player.client.session.state()).toEqual({ at: 'outside' });
});
