/** The schemas of all commands: whatever comes from outside passes one. */
import * as v from 'valibot';
import { CHALLENGE_ID } from './challenge.ts';
import { readCode } from './code.ts';
import { LEAST_IN_ROOM, MOST_IN_ROOM, PATTERN_LENGTH, PICTURES } from './lesson.ts';
import {
  CHAT_LIMIT,
  DIFFICULTIES,
  GHOST_KINDS,
  NICK_LIMIT,
  OWN_WORDS_LIMIT,
  PACK_CHOICES,
  REACTIONS,
  REFUSALS,
  type Refusal,
  STROKE_LIMIT,
} from './protocol.ts';
import { cleanText, graphemes } from './text.ts';
import { unpackChunk } from './wire.ts';

const between = (least: number, most: number) =>
  v.pipe(
    v.number('bad-settings'),
    v.integer('bad-settings'),
    v.minValue(least, 'bad-settings'),
    v.maxValue(most, 'bad-settings'),
  );

const settings = v.object({
  rounds: between(1, 20),
  /** Seconds to draw each word. */
  seconds: between(10, 120),
  seats: between(1, 12),
  pack: v.picklist(PACK_CHOICES, 'bad-settings'),
  difficulty: v.picklist(DIFFICULTIES, 'bad-settings'),
  /** The last round counts double. */
  finale: v.boolean('bad-settings'),
  /** The host's own words. With any, the match asks for exactly these; rounds, pack and difficulty are ignored. */
  words: v.pipe(
    v.array(v.string('bad-settings'), 'bad-settings'),
    v.maxLength(OWN_WORDS_LIMIT, 'bad-settings'),
    v.check((words) => new Set(words).size === words.length, 'bad-settings'),
  ),
  /** So many earlier drawings of each word race along, in free seats. */
  ghosts: between(0, 11),
  /** Which of them. */
  ghostKind: v.picklist(GHOST_KINDS, 'bad-settings'),
  /** Listed on the home page. */
  public: v.boolean('bad-settings'),
  /** Whether players may send text, as well as REACTIONS. */
  chat: v.boolean('bad-settings'),
  /** Nobody takes a new seat. */
  locked: v.boolean('bad-settings'),
  /** Whether people without a seat may watch. */
  spectators: v.boolean('bad-settings'),
});
export type Settings = v.InferOutput<typeof settings>;

export const nick = v.pipe(
  v.string('nick-empty'),
  v.maxLength(200, 'nick-long'),
  v.transform(cleanText),
  v.check((text) => /[^\p{M}\p{Z}]/u.test(text), 'nick-empty'),
  v.check((text) => graphemes(text) <= NICK_LIMIT && text.length <= NICK_LIMIT * 8, 'nick-long'),
);

/** One visible line. */
const line = v.pipe(
  v.string(),
  v.maxLength(CHAT_LIMIT * 4, 'too-large'),
  v.transform(cleanText),
  v.nonEmpty(),
  v.check((text) => graphemes(text) <= CHAT_LIMIT, 'too-large'),
);

const code = v.pipe(
  v.string('no-room'),
  v.maxLength(200, 'no-room'),
  v.transform((text) => readCode(text).code ?? ''),
  v.nonEmpty('no-room'),
);
const token = v.pipe(v.string('bad-token'), v.regex(/^[\w-]{20,64}$/, 'bad-token'));
const player = v.pipe(v.string('unknown-player'), v.regex(/^[\w-]{1,32}$/, 'unknown-player'));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const times = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(STROKE_LIMIT));

const chunk = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const unpacked = unpackChunk(dataset.value);
    if (typeof unpacked !== 'string') return unpacked;
    addIssue({ message: unpacked });
    return NEVER;
  }),
);

/** Of the page, as in `en`: the records of its drawings say it. */
const language = v.pipe(v.string(), v.regex(/^[a-z]{2}$/));

/** Of pupils: every quality with every animal, put together as the teacher's language does it. */
const names = v.object({
  qualities: v.pipe(v.array(nick), v.minLength(8), v.maxLength(60)),
  animals: v.pipe(v.array(nick), v.minLength(8), v.maxLength(60)),
  /** With both in braces: `{quality} {animal}`. */
  both: v.pipe(v.string(), v.maxLength(60), v.includes('{quality}'), v.includes('{animal}')),
});

const drawing = v.object({ room: code, round: count, pupil: player });

/** What a teacher does with the class. */
const conduct = v.variant('do', [
  v.object({
    do: v.literal('settings'),
    settings: v.partial(
      v.object({
        ...v.pick(settings, ['rounds', 'seconds', 'pack', 'difficulty', 'words']).entries,
        size: between(LEAST_IN_ROOM, MOST_IN_ROOM),
        ...{ locked: v.boolean(), late: v.boolean(), showAll: v.boolean() },
      }),
    ),
  }),
  /** Everybody who is here gets a room, anew. */
  v.object({ do: v.literal('deal') }),
  /** A match begins in all rooms in which none runs, with the same words; or in one that was left out. */
  v.object({ do: v.literal('start'), room: v.optional(code) }),
  v.object({ do: v.literal('pause'), on: v.boolean() }),
  /** All rooms go on: from drawing to the reveal and, once none draws, to their next word. */
  v.object({ do: v.literal('next') }),
  /** All matches end. */
  v.object({ do: v.literal('finish') }),
  v.object({ do: v.literal('remove'), pupil: player }),
  /** To somebody who asks for a pupil's place. */
  v.object({ do: v.literal('answer'), id: player, yes: v.boolean() }),
  /** Lets a drawing through to the projector, as far as the teacher has seen it; or no more. */
  v.object({
    do: v.literal('show'),
    drawing: v.object({ ...drawing.entries, rev: count, strokes: count, points: count }),
  }),
  v.object({ do: v.literal('unshow'), drawing }),
  v.object({ do: v.literal('star'), drawing, on: v.boolean() }),
  v.object({ do: v.literal('hide'), on: v.boolean() }),
  /** The class is over: nothing of it is left. */
  v.object({ do: v.literal('end') }),
]);
export type Conduct = v.InferOutput<typeof conduct>;

/** One schema for each command. The message of a failed check is the refusal; without one it is `malformed`. */
export const COMMANDS = {
  /** Opens a room and takes its first seat. */
  create: v.pipe(
    v.object({
      nick,
      settings: v.optional(v.partial(settings), {}),
      /** A room for one try at the words of the day. The server has the settings of that. */
      daily: v.optional(v.boolean(), false),
      /** A room for a match against the drawings of this challenge. */
      challenge: v.optional(v.pipe(v.string(), v.regex(CHALLENGE_ID))),
      language: v.optional(language),
    }),
    v.check(
      ({ daily, challenge, settings }) =>
        Object.keys(settings).length === 0 ? !daily || challenge === undefined : !daily && challenge === undefined,
      'bad-settings',
    ),
  ),
  /** Takes a new seat or, with a token, returns to an old one. */
  join: v.object({ code, nick: v.optional(nick), token: v.optional(token), language: v.optional(language) }),
  /** Enters without a seat. */
  watch: v.object({ code }),
  leave: v.object({}),
  /** During a race only those that do not change it. */
  settings: v.partial(settings),
  /** Sends a player out, for the room's life. */
  kick: v.object({ player }),
  /** The host hands the role over. A player votes for another host; null takes the vote back. */
  host: v.object({ player: v.nullable(player) }),
  /** Starts a match: the first one or a rematch. For the host or, if the host is away, for anybody. */
  start: v.object({}),
  /** Votes to go on from the reveal of this round. Once all players who are here have, it ends. */
  skip: v.object({ round: count }),
  /** As `packChunk` makes it. */
  chunk,
  /** `times` undoes several strokes, each of which counts in `rev`. */
  undo: v.object({ round: count, rev: count, times: v.optional(times) }),
  clear: v.object({ round: count, rev: count }),
  /** Requests the whole ink of one player. */
  resync: v.object({ player }),
  /** Requests the names of the match's replays. */
  replays: v.object({}),
  /** A line of chat, or one of REACTIONS. Spectators may send only reactions. */
  chat: v.object({ text: line }),
  /** One of REACTIONS, for one player's drawing. */
  cheer: v.object({ player, reaction: v.picklist(REACTIONS) }),
  /** Checks that the server answers. */
  ping: v.object({}),
  /** Opens a class, whose pupils get these names; or returns to one with its teacher's token. */
  teach: v.union([v.object({ code, token }), v.object({ names })]),
  /** Asks for names to choose from, with the pictures that the teacher shows. */
  knock: v.object({
    code,
    pictures: v.pipe(v.array(v.pipe(count, v.maxValue(PICTURES.length - 1))), v.length(PATTERN_LENGTH)),
  }),
  /** Comes in under one of those names; asks for the place of a pupil who is away; or comes back with the pupil's token. */
  attend: v.union([v.object({ code, token }), v.object({ code, pupil: player }), v.object({ code, name: nick })]),
  /** Out of the class, on this socket. A pupil's place is kept, or given up. */
  depart: v.object({ forGood: v.optional(v.boolean(), false) }),
  /** Takes the pupil's seat in the room that they were dealt into. */
  sit: v.object({ code, token }),
  /** Watches all rooms of the class; for its teacher. Again, once it has more rooms. */
  oversee: v.object({}),
  conduct,
} as const;
export type Command = keyof typeof COMMANDS;
export type Payload<C extends Command> = v.InferInput<(typeof COMMANDS)[C]>;
export type Parsed<C extends Command> = v.InferOutput<(typeof COMMANDS)[C]>;

export function parse<C extends Command>(command: C, payload: unknown): Parsed<C> | Refusal {
  const parsed = v.safeParse(COMMANDS[command], payload, { abortEarly: true });
  if (parsed.success) return parsed.output as Parsed<C>;
  const message = parsed.issues[0].message as Refusal;
  return REFUSALS.includes(message) ? message : 'malformed';
}
