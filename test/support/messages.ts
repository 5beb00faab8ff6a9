/** Hostile messages for the fuzzer: made from the protocol's schemas, mutated, and broken at the level of the wire. */
import * as fc from 'fast-check';
import type * as v from 'valibot';
import { COMMANDS } from '../../shared/commands.ts';
import { CODE_ALPHABET, REACTIONS } from '../../shared/protocol.ts';
import { packChunk } from '../../shared/wire.ts';

type Schema = v.GenericSchema & {
  type: string;
  entries?: Record<string, Schema>;
  wrapped?: Schema;
  item?: Schema;
  pipe?: Schema[];
  options?: unknown[];
  literal?: unknown;
};

interface Known {
  code: string;
  player: string;
  /** The code of a class, and a pupil in it. */
  lesson: string;
  pupil: string;
}

const count = fc.oneof(fc.nat(3), fc.constantFrom(0, 499, 500, 20_000, 2 ** 30 - 1));

/** Packed ones, near the limits and over them, and such as are none. */
const chunks = fc.oneof(
  fc
    .record({
      ...{ round: count, rev: count, stroke: count, from: count },
      points: fc.array(fc.oneof(fc.nat(2040), fc.constantFrom(-1, 2041, 99_999)), { maxLength: 600 }),
    })
    .map(packChunk),
  fc.string({ unit: fc.constantFrom(...'ABgh_-/+=é'), maxLength: 40 }),
);

/** Values that the schema describes, or nearly: of the right type, at the limits and over them. */
function valuesOf(schema: Schema, name: string, known: Known): fc.Arbitrary<unknown> {
  if (schema.pipe) return valuesOf(schema.pipe[0]!, name, known);
  switch (schema.type) {
    case 'object': {
      const entries = Object.entries(schema.entries!);
      return fc.record(Object.fromEntries(entries.map(([key, each]) => [key, valuesOf(each, key, known)])));
    }
    case 'optional':
    case 'nullable':
      return fc.option(valuesOf(schema.wrapped!, name, known), { nil: schema.type === 'optional' ? undefined : null });
    case 'boolean':
      return fc.boolean();
    case 'literal':
      return fc.constant(schema.literal);
    case 'union':
    case 'variant':
      return fc.oneof(...(schema.options as Schema[]).map((each) => valuesOf(each, name, known)));
    case 'picklist':
      return fc.constantFrom(...schema.options!);
    case 'number':
      return fc.oneof(fc.nat(3), fc.integer(), fc.double(), fc.constantFrom(0, -1, 2041, 20_001, 2 ** 53, Number.NaN));
    case 'array':
      return fc.array(valuesOf(schema.item!, name, known), { maxLength: 600 });
    case 'string':
      if (name === 'code')
        return fc.oneof(
          fc.constantFrom(known.code, known.lesson),
          fc.string({ unit: fc.constantFrom(...CODE_ALPHABET), minLength: 5, maxLength: 5 }),
        );
      if (name === 'chunk') return chunks;
      if (name === 'player') return fc.oneof(fc.constant(known.player), fc.string());
      if (name === 'pupil') return fc.oneof(fc.constant(known.pupil), fc.string());
      return fc.oneof(fc.constantFrom(...REACTIONS), fc.string({ unit: 'binary', maxLength: 300 }), fc.string());
    default:
      throw new Error(`no values for the schema ${schema.type}`);
  }
}

/** A packet of Socket.IO, as a message of Engine.IO. */
const event = (name: unknown, payload: unknown, id: string) => `42${id}${JSON.stringify([name, payload])}`;

/** What one attacker sends at once: a message, a message in fragments that may never end, or bytes in place of frames. */
export type Wire = string | Buffer | { parts: string[]; isWhole: boolean } | { frame: Uint8Array };

export function wireMessages(known: Known): fc.Arbitrary<Wire> {
  const command = fc.constantFrom(...(Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]));
  const id = fc.oneof(fc.constant(''), fc.nat(1000).map(String));
  const wellFormed = command.chain((name) =>
    fc
      .tuple(valuesOf(COMMANDS[name] as unknown as Schema, name, known), id)
      .map(([payload, id]) => event(name, payload, id)),
  );
  const wrongPayload = fc.tuple(command, fc.anything({ maxDepth: 3 }), id).map(([name, payload, id]) => {
    try {
      return event(name, payload, id);
    } catch {
      return event(name, null, id);
    }
  });
  const wrongName = fc
    .tuple(
      fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'error', 'disconnect', 'connect')),
      fc.json(),
      id,
    )
    .map(([name, payload, id]) => `42${id}${JSON.stringify([name])}`.replace(']', `,${payload}]`));
  /** A valid message with a character changed, dropped or doubled. */
  const mutated = fc.tuple(wellFormed, fc.nat(), fc.string({ maxLength: 2 })).map(([text, at, by]) => {
    const place = at % text.length;
    return text.slice(0, place) + by + text.slice(place + (at % 3));
  });
  const packets = fc
    .tuple(
      fc.constantFrom('0', '1', '2', '3', '40', '41', '42', '43', '44', '45', '46', '4', '5', '6', '7', 'b'),
      fc.string(),
    )
    .map(([type, rest]) => type + rest);
  const elsewhere = fc
    .tuple(fc.constantFrom('40', '41', '42', '45'), fc.webPath(), fc.string())
    .map(([type, path, rest]) => `${type}/${path},${rest}`);
  const bytes = fc.uint8Array({ maxLength: 2000 }).map((each) => Buffer.from(each));
  const fragments = fc
    .tuple(fc.oneof(wellFormed, mutated), fc.integer({ min: 1, max: 100 }), fc.boolean())
    .map(([text, count, isWhole]) => {
      const size = Math.max(1, Math.ceil(text.length / count));
      const parts = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        text.slice(i * size, (i + 1) * size),
      );
      return { parts, isWhole };
    });
  const frames = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((frame) => ({ frame }));
  return fc.oneof<fc.WeightedArbitrary<Wire>[]>(
    { weight: 8, arbitrary: wellFormed },
    { weight: 3, arbitrary: wrongPayload },
    { weight: 2, arbitrary: wrongName },
    { weight: 3, arbitrary: mutated },
    { weight: 1, arbitrary: packets },
    { weight: 1, arbitrary: elsewhere },
    { weight: 1, arbitrary: bytes },
    { weight: 1, arbitrary: fragments },
    { weight: 1, arbitrary: frames },
  );
}
