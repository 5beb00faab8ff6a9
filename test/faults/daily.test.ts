/** The daily six on several processes: the same words, one try, and no try lost when one is killed or Redis is away. */
import { describe, expect, test, vi } from 'vitest';
import type { Daily } from '../../shared/daily.ts';
import { useFleet } from '../support/fleet.ts';
import { penPause } from '../support/pen.ts';
import type { Player } from '../support/player.ts';
import { connect, phase, until } from '../support/player.ts';
import type { Process } from '../support/processes.ts';
import { drawUntilRecognized } from '../support/race.ts';
import { hasRedis } from '../support/redis.ts';

describe.skipIf(!hasRedis)('the daily six', () => {
  const fleet = useFleet(3, ['--appendonly', 'yes']);

  type Headers = Record<string, string>;
  /** Sessions of one process hold on all. */
  const visitor = async (): Promise<Headers> => ({
    Cookie: (await fetch(fleet.urls[0]!)).headers.get('set-cookie')!.split(';')[0]!,
  });
  const daily = async (url: string, headers: Headers): Promise<Daily> =>
    (await fetch(`${url}/api/daily`, { headers })).json() as Promise<Daily>;
  function begin(url: string, headers: Headers): Player {
    const player = connect(url, headers);
    player.client.session.create('Ann', { daily: true, start: true });
    return player;
  }
  const known = (player: Player) => until(() => player.room?.daily?.scored !== undefined, 'the claim', 20_000);

  test('has the same words everywhere, and one of two tries at once counts', async () => {
    const cookie = await visitor();
    const [one, two] = [begin(fleet.urls[0]!, cookie), begin(fleet.urls[1]!, cookie)];
    const prompts = await Promise.all([one, two].map(async (each) => (await phase(each, 'drawing')).prompt));
    expect(new Set(prompts).size).toBe(1);
    await Promise.all([one, two].map(known));
    expect([one, two].map(({ room }) => room!.daily!.scored).sort()).toEqual([false, true]);
    for (const url of fleet.urls.slice(0, 2)) expect((await daily(url, cookie)).begun).toBe(true);
    // Else their matches would go on to the end, and count.
    for (const each of [one, two]) await each.ask('leave', {});
  }, 60_000);

  test('records a try whose process is killed and for which Redis is away in the middle, once', async () => {
    const cookie = await visitor();
    const [, alive, dying] = fleet.processes as [Process, Process, Process];
    const player = begin(dying.url, cookie);
    await phase(player, 'drawing', 20_000);
    await known(player);
    const { me, view } = player.client.room.inside()!;
    Object.assign(player, { id: me, code: view.code });
    await dying.end('SIGKILL');
    player.url = alive.url;
    player.reload();
    await until(() => player.client.room.inside()?.me === me, 'to be back', 20_000);
    await fleet.redis.stop();
    await penPause(3000);
    await fleet.redis.start();
    const isOver = () => player.room!.phase.name === 'podium';
    for (let round = 1; !isOver(); round++) {
      const begins = () => 'prompt' in player.room!.phase && player.room!.phase.round === round;
      await until(() => begins() || isOver(), `round ${round}`, 60_000);
      if (!isOver()) await drawUntilRecognized(player);
    }
    expect(player.room!.daily!.scored).toBe(true);
    await vi.waitFor(
      async () => {
        const { result } = await daily(fleet.urls[0]!, cookie);
        expect(result?.rounds).toHaveLength(6);
        expect(result?.score).toBeGreaterThan(0);
      },
      { timeout: 20_000, interval: 500 },
    );
    expect((await daily(alive.url, cookie)).players).toBe(1);
  }, 200_000);
});
