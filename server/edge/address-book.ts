/** All addresses that have connections or asked for something lately, and what is counted for each on this process. */
import type { IncomingMessage } from 'node:http';
import type { Bucket } from '../bucket.ts';
import { bucketOf, bucketsOf } from '../bucket.ts';
import type { Quota, Quotas } from '../storage/quotas.ts';
import { addressOf } from './address.ts';
import * as limits from './limits.ts';
import { newTurns } from './turns.ts';

const BARRED_MS = 60_000;
/** An address without connections is remembered this long, until its limits are full again: closing them renews none. */
const ADDRESS_MEMORY_MS = 2 * 60_000;

const RATES = {
  ...limits.ADDRESS_RATES,
  connects: limits.CONNECTS,
  requests: limits.REQUESTS,
  polls: limits.POLLS_OF_ADDRESS,
};

/** The place of a session whose connection was lost while it was in a room or a class. No other session gets it until `until`. */
interface HeldPlace {
  /** On the clock of `performance`. ms */
  until: number;
  readonly mayRequest: Bucket;
}

/** One network address. A class, as connections are: with thousands of them, a closure for each method takes kilobytes. */
export class Address {
  readonly name: string;
  /** A keyed hash of the name, for what is stored. */
  readonly key: string;
  readonly #quotas: Quotas;
  connections = 0;
  /** By session. */
  #held: Map<string, HeldPlace> | undefined;
  /** Whether one more of these is allowed now. */
  readonly consume = bucketsOf(RATES);
  readonly requests = newTurns();
  /** Of its polling sessions: pages do not wait behind them. */
  readonly polls = newTurns();
  /** Too many wrong codes came from it: until then it enters no room by a code. On the clock of `performance`. ms */
  #barredUntil = 0;
  /** No more of its connections are logged until then. ms */
  silentUntil = 0;
  /** When it last had a connection, or asked for something. ms */
  seenAt = performance.now();

  constructor(name: string, key: string, quotas: Quotas) {
    this.name = name;
    this.key = key;
    this.#quotas = quotas;
  }

  /** Whether one more of this command is allowed now. */
  allows(command: string): boolean {
    return this.consume(limits.classOf(command));
  }

  /** Whether there is a place for one more connection. */
  hasPlace(): boolean {
    return this.connections + this.#heldPlaces() < limits.MAX_CONNECTIONS;
  }

  #heldPlaces(): number {
    if (!this.#held) return 0;
    const now = performance.now();
    for (const [session, { until }] of this.#held) if (until < now) this.#held.delete(session);
    return this.#held.size;
  }

  holdPlace(session: string): void {
    this.#held ??= new Map();
    const until = performance.now() + limits.HELD_MS;
    this.#held.set(session, { until, mayRequest: bucketOf(limits.REQUESTS_TO_RETURN) });
  }

  /** Whether a place was held for the session. It is not held any more. */
  claimPlace(session: string): boolean {
    return this.#heldPlaces() > 0 && this.#held!.delete(session);
  }

  /** Whether any place is held: reading a request's session costs more. */
  holdsPlaces(): boolean {
    return this.#heldPlaces() > 0;
  }

  /** Whether somebody whose place is held, and who opens the page again, may send one more HTTP request. */
  mayReturn(session: string): boolean {
    return this.#held?.get(session)?.mayRequest() === true;
  }

  /** Whether it enters no room by a code now. */
  isBarred(): boolean {
    return performance.now() < this.#barredUntil;
  }

  /** Counts a wrong code or token. Too many of them bar the address for a while, so that nobody can guess a code. */
  async countWrong(): Promise<void> {
    if (!(await this.isWithin(limits.QUOTAS.wrong))) this.#barredUntil = performance.now() + BARRED_MS;
  }

  /** Counts one more on each of the quotas. False if that is over one of them. */
  async isWithin(...quotas: Quota[]): Promise<boolean> {
    for (const quota of quotas) if (!(await this.#quotas.consume(quota, this.key))) return false;
    return true;
  }
}

interface Options {
  trustedHops: number;
  quotas: Quotas;
  /** A keyed hash of an address. */
  keyOf(address: string): string;
}

/** Finds the address that a request comes from. */
export function createAddressBook({ trustedHops, quotas, keyOf }: Options): (request: IncomingMessage) => Address {
  const addresses = new Map<string, Address>();

  setInterval(() => {
    const since = performance.now() - ADDRESS_MEMORY_MS;
    for (const [name, { connections, seenAt }] of addresses)
      if (connections === 0 && seenAt < since) addresses.delete(name);
  }, ADDRESS_MEMORY_MS / 10).unref();

  return (request) => {
    const name = addressOf(request, trustedHops);
    let address = addresses.get(name);
    if (!address) {
      address = new Address(name, keyOf(name), quotas);
      addresses.set(name, address);
    }
    return address;
  };
}
