/** WebSockets that show all that comes to their connection before Engine.IO has it. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Connection } from './connection.ts';
import * as limits from './limits.ts';

const HEAD_BYTES = 3;
/** What Socket.IO makes of a chunk that asks for no answer. */
const CHUNK = { head: '42["chunk","', tail: '"]' };

export class GuardedSocket extends WebSocket {
  /** Made together with it. */
  connection: Connection | undefined;
  /** Messages that Socket.IO has, and acts on in the next tick. */
  passing = 0;

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'ping' || event === 'pong') this.connection?.countMessage();
    if (event !== 'message') return super.emit(event, ...args);
    if (!this.connection || isHandled(this, this.connection, args[0] as Buffer, args[1] as boolean)) return true;
    const isHeard = super.emit(event, ...args);
    this.passing++;
    // After the tick that Socket.IO has asked for.
    process.nextTick(passed, this);
    return isHeard;
  }
}

function passed(socket: GuardedSocket): void {
  socket.passing--;
}

/** Whether the message goes no further: it was a chunk, or more than is allowed. */
function isHandled({ passing }: GuardedSocket, connection: Connection, data: Buffer, isBinary: boolean): boolean {
  const text = isBinary ? '' : data.toString('latin1');
  const isChunk = text.startsWith(CHUNK.head) && text.endsWith(CHUNK.tail);
  if (!isChunk) return !connection.admits(text.slice(0, HEAD_BYTES));
  if (!connection.countMessage()) return true;
  // A chunk must not overtake the message before it.
  return passing === 0 && connection.onChunk(text.slice(CHUNK.head.length, -CHUNK.tail.length));
}

/** Engine.IO's WebSocket server. `open` makes the connection of each WebSocket, and `release` is called when it is over. */
export function guardedServer(
  open: (socket: GuardedSocket, request: IncomingMessage) => Connection,
  release: (connection: Connection) => void,
): typeof WebSocketServer {
  function released(this: WebSocket): void {
    release((this as GuardedSocket).connection!);
  }

  class GuardedServer extends WebSocketServer {
    constructor(options: ConstructorParameters<typeof WebSocketServer>[0]) {
      // Engine.IO does not pass these on.
      super({
        ...options,
        maxFragments: limits.MAX_FRAGMENTS,
        closeTimeout: limits.CLOSE_TIMEOUT_MS,
        WebSocket: GuardedSocket,
      } as typeof options);
    }
    override handleUpgrade(
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      done: (ws: WebSocket, request: IncomingMessage) => void,
    ): void {
      super.handleUpgrade(request, socket, head, (ws) => {
        const guarded = ws as GuardedSocket;
        guarded.connection = open(guarded, request);
        guarded.on('close', released);
        done(guarded, request);
      });
    }
  }
  return GuardedServer as unknown as typeof WebSocketServer;
}
