/** How much one connection, and one address, may ask for. All limits of the edge are here; docs/security.md explains them. */
import type { Rate } from '../bucket.ts';
import type { Quota } from '../storage/quotas.ts';

// ---------------------------------------------------------------- of a connection

/** The largest honest message is a chunk of CHUNK_LIMIT points, 2.5 kB. */
export const MAX_MESSAGE_BYTES = 8 * 1024;
/** Of one message. Thousands of unfinished fragments could hold a connection open. */
export const MAX_FRAGMENTS = 64;
/** How long a connection that is being closed may take to answer. */
export const CLOSE_TIMEOUT_MS = 1_000;
/** Messages of any kind, pings and pongs too. Nobody's page sends so many: over it the connection ends. */
export const MESSAGES: Rate = { perSecond: 100, burst: 250 };
/** Refused commands. A connection that is refused more often is not a person's, and ends. */
export const REFUSALS: Rate = { perSecond: 5, burst: 200 };

/** Commands of one class share a bucket. Those without a class of their own are `other`. */
export const COMMAND_RATES = {
  /** A pen sends 20 chunks a second; after a lost connection it sends all that it kept at once. */
  chunk: { perSecond: 40, burst: 100 },
  /** As fast as a finger can press. */
  erase: { perSecond: 20, burst: 60 },
  /** A bucket of its own: somebody who reacts without end must still be able to undo. */
  chat: { perSecond: 2, burst: 8 },
  /** Each may be answered with all drawings of a room. */
  enter: { perSecond: 2, burst: 20 },
  /** Pages of drawings, as somebody scrolls through them. */
  explore: { perSecond: 10, burst: 60 },
  /** Over HTTP only: each is judged once more. */
  give: { perSecond: 1, burst: 30 },
  /** Pictures of links, which are asked for over HTTP alone. */
  card: { perSecond: 2, burst: 20 },
  /** Over HTTP only: each looks at hundreds of leaderboards. */
  'leave-boards': { perSecond: 0.1, burst: 3 },
  /** Over HTTP only: lists of shared networks, which a page of the lab asks for every few seconds, and one of them. */
  networks: { perSecond: 1, burst: 20 },
  /** Over HTTP only: a network of 250 kB at the most. */
  share: { perSecond: 0.2, burst: 5 },
  other: { perSecond: 5, burst: 20 },
} satisfies Record<string, Rate>;
export type CommandClass = keyof typeof COMMAND_RATES;

const CLASSES = new Map<string, CommandClass>([
  ['chunk', 'chunk'],
  ['undo', 'erase'],
  ['clear', 'erase'],
  ['chat', 'chat'],
  ['cheer', 'chat'],
  ['create', 'enter'],
  ['join', 'enter'],
  ['watch', 'enter'],
  ['teach', 'enter'],
  ['knock', 'enter'],
  ['attend', 'enter'],
  ['sit', 'enter'],
  ['oversee', 'enter'],
  ['explore', 'explore'],
  ['give', 'give'],
  ['card', 'card'],
  ['leave-boards', 'leave-boards'],
  ['networks', 'networks'],
  ['share', 'share'],
]);
export const classOf = (command: string): CommandClass => CLASSES.get(command) ?? 'other';

/** Points: twice a 240 Hz pen. The burst is what it draws in 40 s without a connection. */
export const POINTS: Rate = { perSecond: 480, burst: 10_000 };

/** Bytes waiting for a slow reader. Over it the connection ends; the page comes back and is sent everything. */
export const MAX_PENDING_BYTES = 512 * 1024;
/** Nothing large is sent to a reader that has more than this to read. After this long the connection ends. */
export const BEHIND_BYTES = 64 * 1024;
export const BEHIND_MS = 20_000;
/** Commands that wait until the connection is in the room that it enters. */
export const MAX_WAITING_COMMANDS = 100;

// ---------------------------------------------------------------- of an address, on this process

/**
 * Connections at once: a school behind one address. At the limit, one that has been in no room and no class for so long gives way to a
 * new one.
 */
export const MAX_CONNECTIONS = 400;
export const IDLE_MS = 5_000;
/** The place of a connection that was lost while it was in one is held so long for its session. */
export const HELD_MS = 60_000;
/** Of HTTP requests: a page that is opened again takes about thirty. */
export const REQUESTS_TO_RETURN: Rate = { perSecond: 2, burst: 60 };
export const CONNECTS: Rate = { perSecond: 20, burst: 400 };
/** HTTP requests. A first visit takes about thirty, later ones a few: a school class opens the page at once. */
export const REQUESTS: Rate = { perSecond: 100, burst: 3_000 };
/** Requests of its polling sessions. A pupil who draws without a pause needs up to sixty a second. */
export const POLLS_OF_ADDRESS: Rate = { perSecond: 4_000, burst: 8_000 };
/** So many of an address in a turn of the event loop, so that a burst delays nobody else. */
export const REQUESTS_A_TURN = 4;
/** Bytes waiting for all slow readers of an address. */
export const MAX_PENDING_BYTES_OF_ADDRESS = 16 * 1024 * 1024;
/** What all connections of an address may ask for together, beyond their shares, by class. With these, chunks are those of 200 pens. */
export const ADDRESS_RATES: Record<CommandClass, Rate> = {
  chunk: { perSecond: 1_000, burst: 4_000 },
  erase: { perSecond: 200, burst: 1_000 },
  chat: { perSecond: 20, burst: 100 },
  enter: { perSecond: 20, burst: 400 },
  explore: { perSecond: 40, burst: 400 },
  /** A school class, each of which gives six drawings. */
  give: { perSecond: 4, burst: 300 },
  /** A site that shows links asks for many. */
  card: { perSecond: 10, burst: 60 },
  /** A school class. */
  'leave-boards': { perSecond: 1, burst: 40 },
  /** Sixty pupils who are at the lab, each of whom fetches one now and then. */
  networks: { perSecond: 30, burst: 300 },
  /** A school class, each of which shares a new one every minute. */
  share: { perSecond: 1, burst: 80 },
  other: { perSecond: 100, burst: 1_000 },
};

/**
 * What no other connection of its address can use up: a pupil draws, reloads and comes back whatever others at the school do. Beyond
 * it a connection asks for what is left to the address.
 */
export const SHARES = {
  /** Three quarters of what a pen sends that never rests. */
  chunk: { perSecond: 15, burst: 60 },
  erase: { perSecond: 1, burst: 30 },
  chat: { perSecond: 0.05, burst: 4 },
  enter: { perSecond: 0.05, burst: 6 },
  other: { perSecond: 0.5, burst: 20 },
} satisfies Partial<Record<CommandClass, Rate>>;

// ---------------------------------------------------------------- of an address, on all processes together

export const QUOTAS = {
  rooms: { name: 'rooms', points: 100, seconds: 600 },
  /** New seats; coming back to one is free. */
  seats: { name: 'seats', points: 400, seconds: 600 },
  /** Codes of no room, and tokens of no seat. There are 28 million codes. */
  wrong: { name: 'wrong', points: 200, seconds: 600 },
  /** Commands that put a room on the public list. */
  listings: { name: 'listings', points: 20, seconds: 600 },
  /** Of drawings, by a visitor; and by all at an address, who may be a school. */
  reports: { name: 'reports', points: 20, seconds: 600 },
  reportsOfAddress: { name: 'address-reports', points: 60, seconds: 600 },
} satisfies Record<string, Quota>;
