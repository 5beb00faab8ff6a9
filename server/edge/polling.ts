/**
 * Long polling, for networks that block WebSocket: a GET waits for what the server sends, and POSTs carry what the page sends.
 * The requests of one session are one connection (`connections.ts`).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Address } from './address-book.ts';
import type { Carrier, RawConnection } from './connection.ts';
import { CLOSE_TIMEOUT_MS, MAX_MESSAGE_BYTES } from './limits.ts';

/** As much of Engine.IO's polling transport as is used here. */
export interface RawPolling {
  closeTimeout: number;
  /** Gets a whole payload, before it is parsed. */
  onData(payload: string): void;
}

export const isPolling = (transport: RawConnection['transport']): transport is RawPolling =>
  'closeTimeout' in transport;

export interface PollingSession extends Carrier {
  /** Whether the visitor is the one that opened it: to know its id is not enough. */
  isOf(address: Address, session: string | null): boolean;
  /** Follows the answer to one of its requests until it is over. */
  follow(response: ServerResponse): void;
  /** Engine.IO has closed it. What is still being answered gets a moment. */
  close(): void;
}

interface Options {
  address: Address;
  session: string | null;
  /** Counts a packet. False if it is one too many. */
  admits(packet: string): boolean;
  /** Called when it is closed and its last request is over. */
  onOver(): void;
}

const SEPARATOR = '\x1e';

export function createPollingSession(
  transport: RawPolling,
  { address, session, admits, onOver }: Options,
): PollingSession {
  const responses = new Set<ServerResponse>();
  let isClosed = false;

  // By default a client that polls no more is waited for half a minute.
  transport.closeTimeout = CLOSE_TIMEOUT_MS;
  const parse = transport.onData.bind(transport);
  transport.onData = (payload) => {
    if (payload.split(SEPARATOR).every(admits)) parse(payload);
  };

  function terminate(): void {
    for (const response of responses) response.socket?.destroy();
  }

  return {
    isOf: (...visitor) => visitor[0] === address && visitor[1] === session,
    follow(response) {
      responses.add(response);
      response.once('close', () => {
        responses.delete(response);
        if (isClosed && responses.size === 0) onOver();
      });
    },
    close() {
      isClosed = true;
      if (responses.size === 0) onOver();
      else setTimeout(terminate, CLOSE_TIMEOUT_MS).unref();
    },
    get bufferedAmount() {
      let bytes = 0;
      for (const { writableLength } of responses) bytes += writableLength;
      return bytes;
    },
    terminate,
  };
}

/** What Engine.IO reads whole has to say before how long it is. */
export const isSound = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' || (method === 'POST' && Number(headers['content-length']) <= MAX_MESSAGE_BYTES);
