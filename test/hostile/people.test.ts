import { afterEach, describe, expect, test } from 'vitest';
import { violations } from '../support/axe.ts';
import { byId, hasBrowser, inPhase, useBrowser } from '../support/browser.ts';
import { endPhase, setPace } from '../support/party.ts';
import { closeAll, create, join, until, watch } from '../support/player.ts';
import { QUICK, useServer } from '../support/server.ts';
import { founded, joined, MOUSE, press, SIDEWAYS, TOUCH, text } from '../support/visitors.ts';

describe.skipIf(!hasBrowser)('on the page', () => {
  const server = useServer({ pace: { ...QUICK, countdown: 400, reveal: 60_000, hold: 60_000, hostHold: 3000 } });
  const browser = useBrowser();
  afterEach(closeAll);

  test('the host locks the room, sends spectators away and hands the role over, by keys alone', async () => {
    const { page, code } = await founded(browser, server, { ...MOUSE, bypassCSP: true });
    const bob = await join(server.url, code, 'Bob');
    const eve = await watch(server.url, code);
    const focused = () => page.evaluate(() => (document.activeElement as HTMLElement).dataset.testid);
    const tabTo = async (id: string) => {
      for (let i = 0; i < 60 && (await focused()) !== id; i++) await page.keyboard.press('Tab');
      expect(await focused()).toBe(id);
    };
    await page.getByRole('button', { name: 'People: 1 watching' }).waitFor();
    await tabTo('people');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'People' });
    await dialog.waitFor();
    expect(await violations(page)).toEqual([]);
    await tabTo('send-away');
    await page.keyboard.press('Enter');
    await until(() => eve.gone.includes('no-spectators'), 'the spectator is sent away');
    await tabTo('settings-locked');
    await page.keyboard.press('Space');
    await until(() => bob.room!.settings.locked, 'the lock');
    const guest = await browser.open(`${server.url}/r/${code}`, TOUCH);
    await expect.poll(() => text(guest, 'refusal')).toContain('Nobody new can come in');
    for (const id of ['enter', 'watch']) expect(await byId(guest, id).count()).toBe(0);
    await dialog.locator('summary').focus();
    await page.keyboard.press('Enter');
    await tabTo('make-host');
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Enter');
    await until(() => bob.room!.host === bob.id, 'Bob as host');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await text(page, 'waiting')).toContain('Waiting for Bob');
    expect(await text(page, 'locked')).toContain('Locked');
    expect(await byId(page, 'start').count()).toBe(0);
  }, 60_000);

  test('players vote for a host, also in a race on a phone’s side, and start if the host is away', async () => {
    const host = await create(server.url, 'Mara', { seconds: 60, rounds: 1 });
    const page = await joined(browser, server, host.code!, 'Gus', { ...SIDEWAYS, bypassCSP: true });
    const cat = await join(server.url, host.code!, 'Cat');
    await host.ask('start', {});
    await inPhase(page, 'drawing');
    await press(page, 'choices');
    await press(page, 'to-people');
    await page.locator('[data-testid="person"] summary', { hasText: 'Cat' }).tap();
    await page.getByRole('button', { name: 'Vote for Cat as host' }).tap();
    await page.getByText('Cat as host: 1 of 2 votes').waitFor();
    expect(await violations(page)).toEqual([]);
    const box = (await page.getByRole('dialog').boundingBox())!;
    expect(box.y + box.height).toBeLessThanOrEqual(390);
    await cat.ask('host', { player: cat.id! });
    await until(() => host.room!.host === cat.id, 'Cat as host');
    await page.keyboard.press('Escape');
    await endPhase(server, host.code!);
    await inPhase(page, 'reveal');
    await endPhase(server, host.code!);
    await inPhase(page, 'podium');
    expect(await text(page, 'waiting')).toContain('Waiting for Cat');
    cat.socket.disconnect();
    await expect.poll(() => text(page, 'waiting')).toMatch(/Cat is away\. In \d\u00a0s, anybody can start/);
    await press(page, 'rematch');
    await inPhase(page, 'drawing');
    expect(host.room!.players.map(({ nick }) => nick)).toEqual(['Mara', 'Gus', 'Cat']);
  }, 60_000);

  test('whoever lost the seat to somebody else watches, and takes the next one', async () => {
    const host = await create(server.url, 'Mara', { seats: 2 });
    const page = await joined(browser, server, host.code!, 'Gus', TOUCH);
    await setPace(server, host.code!, { away: 1 });
    await page.goto('about:blank');
    await until(() => host.room!.players.some(({ connected }) => !connected), 'Gus is away');
    const cat = await join(server.url, host.code!, 'Cat');
    await page.goto(`${server.url}/r/${host.code}`);
    await page.locator('[data-why="seat-taken"]').waitFor();
    await inPhase(page, 'lobby');
    await until(() => host.room!.spectators === 1, 'Gus watches');
    await cat.ask('leave', {});
    await press(page, 'take-seat');
    await until(() => host.room!.players.some(({ nick }) => nick === 'Gus'), 'Gus on his seat');
  }, 60_000);

  test('an invitation stays good when the host goes Back to send it; the button to leave ends it', async () => {
    const { page, code } = await founded(browser, server, TOUCH);
    await page.goBack();
    await byId(page, 'create-room').waitFor();
    const friend = await join(server.url, code, 'Bob');
    expect(friend.room!.players.map(({ nick, connected }) => [nick, connected])).toEqual([
      ['Hana', false],
      ['Bob', true],
    ]);
    await page.goForward();
    await inPhase(page, 'lobby');
    await until(() => friend.room!.players[0]!.connected, 'Hana is back');
    expect(friend.room!.host).toBe(friend.room!.players[0]!.id);
    const alone = await founded(browser, server, TOUCH);
    await press(alone.page, 'leave');
    await expect.poll(() => server.store.read(alone.code)).toBe(null);
  }, 60_000);

  test('made no errors', () => expect(browser.errors).toEqual([]));
});
