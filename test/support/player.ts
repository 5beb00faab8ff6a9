/** A player or spectator without a page: the page's own client in this process, driven as the page's screens and pen drive it. */
import { type Client, createClient } from '../../client/client.ts';
import type { Drawings } from '../../client/drawing/drawings.ts';
import type { NewCell } from '../../client/net/cell.ts';
import { type ClientSocket, openSocket } from '../../client/net/link.ts';
import { newStorage } from '../../client/net/memory.ts';
import type { Stroke } from '../../shared/ink.ts';
import type {
  Answer,
  Answers,
  Command,
  Gone,
  Payload,
  PhaseView,
  PlayerGuesses,
  Refusal,
  RoomView,
} from '../../shared/protocol.ts';

export interface Player {
  client: Client;
  socket: ClientSocket;
  /** Where the next reload connects to. */
  url: string;
  id?: string | undefined;
  token?: string | undefined;
  code?: string | undefined;
  /** The last view of the room, also after the client has left it. */
  room?: RoomView | undefined;
  drawings: Drawings;
  /** The client's guesses; a test may clear them, and then sees those that come after. */
  guesses: Map<string, PlayerGuesses>;
  refused: Refusal[];
  gone: Gone[];
  /** How long each break of the connection lasted, until the server let the client in again. ms */
  back: number[];
  /** A raw command over the client's socket. Entering a room by it admits the client as the session would. */
  ask<C extends Command>(command: C, payload: Payload<C>): Promise<Answer<Answers[C]>>;
  /** Sends all that is not sent yet. */
  send(): void;
  /** Comes back to the seat, or as a spectator, on a new connection. */
  comeBack(): Promise<void>;
  /** Reloads the tab: another client, which knows only what the browser's storage has. */
  reload(): void;
  close(): void;
}

const ANSWER_TIMEOUT_MS = 5000;
const ENTRANCES: Command[] = ['create', 'join', 'watch', 'sit'];

const players = new Set<Player>();
const checks = new Set<() => void>();
const checkAll = () => {
  for (const check of checks) check();
};

/** A cell that has what waits look again; after the change, as the page does it. */
export const watchedCell: NewCell = (initial) => {
  let value = initial;
  return {
    get value() {
      return value;
    },
    set value(next) {
      value = next;
      queueMicrotask(checkAll);
    },
  };
};

/** `headers` are the handshake's, such as a cookie; with polling, those of each request. */
export function connect(url: string, headers: Record<string, string> = {}, transport = 'websocket'): Player {
  const storage = newStorage();
  const open = (to: string) => {
    const socket = openSocket(to, { extraHeaders: headers, transports: [transport], autoConnect: false });
    const client = createClient({ socket, storage, cell: watchedCell });
    // As the page does, once it is known where to.
    queueMicrotask(() => socket.connect());
    return client;
  };
  let seen: Record<string, PlayerGuesses> = {};
  let brokenAt: number | undefined;

  const player: Player = {
    client: open(url),
    get socket() {
      return player.client.link.socket;
    },
    url,
    get drawings() {
      return player.client.room.drawings();
    },
    guesses: new Map(),
    refused: [],
    gone: [],
    back: [],
    ask: (command, payload) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no answer to ${command}`)), ANSWER_TIMEOUT_MS);
        const { room } = player.client;
        if (ENTRANCES.includes(command) && !room.inside()) room.beginEntering();
        (player.socket.emit as (...args: unknown[]) => void)(command, payload, (answer: Answer<Answers['watch']>) => {
          clearTimeout(timer);
          if (answer.ok && 'code' in answer)
            player.client.room.admit('player' in answer ? (answer.player as string) : undefined);
          resolve(answer as never);
        });
      }),
    send: () => player.client.input.flush(),
    async comeBack() {
      let connected = false;
      player.socket.once('connect', () => {
        connected = true;
      });
      player.client.link.reconnect();
      await until(() => connected && (player.client.room.isAdmitted() || refusal(player)), 'to be let in again');
      if (refusal(player)) throw new Error(`could not come back: ${refusal(player)}`);
    },
    reload() {
      brokenAt ??= Date.now();
      player.socket.io.engine.close();
      player.client.close();
      player.client = open(player.url);
      attach();
      if (player.id) player.client.session.join(player.code!, player.client.session.nick());
      else player.client.session.watch(player.code!);
    },
    close() {
      player.client.close();
      players.delete(player);
    },
  };

  function changed(): void {
    const { room } = player.client;
    player.room = room.inside()?.view ?? player.room;
    const guesses = room.guesses();
    for (const [id, each] of Object.entries(guesses)) if (seen[id] !== each) player.guesses.set(id, each);
    for (const id of Object.keys(seen)) if (!(id in guesses)) player.guesses.delete(id);
    seen = guesses;
    if (brokenAt !== undefined && player.socket.connected && room.isAdmitted()) {
      player.back.push(Date.now() - brokenAt);
      brokenAt = undefined;
    }
    checkAll();
  }

  // After the client's own listeners.
  function attach(): void {
    const { socket } = player;
    player.client.room.onChange(changed);
    for (const event of ['room', 'live', 'ink', 'connect'] as const) socket.on(event, changed);
    socket.on('refused', (why) => {
      player.refused.push(why);
      changed();
    });
    socket.on('gone', (why) => {
      player.gone.push(why);
      changed();
    });
    socket.on('disconnect', (reason) => {
      // Not if the client itself connects again.
      if (reason !== 'io client disconnect') brokenAt ??= Date.now();
      changed();
    });
  }
  attach();
  players.add(player);
  return player;
}

const refusal = ({ client }: Player): string | undefined => {
  const state = client.session.state();
  return state.at === 'gone' ? state.why : state.at === 'outside' ? state.refused?.why : undefined;
};

/** Waits until the session is in the room that it wants to enter. */
async function entered(player: Player): Promise<Player> {
  const { client } = player;
  await until(() => client.session.state().at !== 'entering', 'to be let in');
  const inside = client.room.inside();
  if (!inside) throw new Error(refusal(player));
  player.room = inside.view;
  player.code = inside.view.code;
  player.id = inside.me;
  player.token = client.memory.seat(player.code);
  return player;
}

/** Opens a room and sits in it. */
export function create(
  url: string,
  nick: string,
  settings: Payload<'create'>['settings'] = {},
  headers: Record<string, string> = {},
  transport?: string,
): Promise<Player> {
  const player = connect(url, headers, transport);
  player.client.session.create(nick, { settings });
  return entered(player);
}

export function join(
  url: string,
  code: string,
  nick: string,
  headers: Record<string, string> = {},
  transport?: string,
): Promise<Player> {
  const player = connect(url, headers, transport);
  player.client.session.join(code, nick);
  return entered(player);
}

export function watch(
  url: string,
  code: string,
  headers: Record<string, string> = {},
  transport?: string,
): Promise<Player> {
  const player = connect(url, headers, transport);
  player.client.session.watch(code);
  return entered(player);
}

/** Waits until `holds` does; checked whenever any client changes. */
export function until(holds: () => unknown, what: string, ms = 10_000): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (end: () => void) => {
      clearTimeout(timer);
      checks.delete(check);
      end();
    };
    const check = () => holds() && done(resolve);
    const timer = setTimeout(() => done(() => reject(new Error(`waited ${ms} ms for: ${what}`))), ms);
    checks.add(check);
    check();
  });
}

export const phase = async <N extends PhaseView['name']>(
  player: Player,
  name: N,
  ms?: number,
): Promise<PhaseView & { name: N }> => {
  // The phase as it was during the wait: a short one may be over when the wait ends.
  let found: PhaseView | undefined;
  const holds = () => {
    if (player.room?.phase.name === name) found = player.room.phase;
    return found;
  };
  await until(holds, `phase ${name}`, ms);
  return found as PhaseView & { name: N };
};

export const strokes = (player: Player, of: string): Stroke[] => player.client.room.strokes(of);

/** Draws a stroke at once, with the pen of the page's board. */
export function stroke({ client: { input } }: Player, points: Stroke): void {
  input.pen.down(points[0]!, points[1]!);
  for (let i = 2; i < points.length; i += 2) input.pen.move(points[i]!, points[i + 1]!);
  input.pen.up();
  input.pen.drawn();
}

export const eraseLast = ({ client }: Player): void => client.input.erase('undo');
export const eraseAll = ({ client }: Player): void => client.input.erase('clear');

export function closeAll(): void {
  for (const player of [...players]) player.close();
}
