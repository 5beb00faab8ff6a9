/**
 * Broadcast to the sockets of this process. A frame is encoded once, and its bytes are handed to each WebSocket, past the layers that
 * Engine.IO has for other cases. Those layers still serve a socket that polls, or that has not taken what was sent before, so that all
 * stays in order.
 */
import { Adapter, type BroadcastOptions } from 'socket.io-adapter';
import { WebSocket } from 'ws';

/** As much of Socket.IO's packets and sockets as is used here. */
interface Packet {
  type: number;
  data: unknown;
}
interface Client {
  conn: {
    readyState: string;
    writeBuffer: unknown[];
    /** Engine.IO calls `sendFrame`, too; it has no public name. */
    transport: { writable: boolean; socket?: WebSocket & { _sender: { sendFrame(frame: Buffer[]): void } } };
  };
  writeToEngine(packet: string, options: object): void;
}

/** Engine.IO's type of a message, and Socket.IO's of an event. */
const MESSAGE = '4';
const EVENT = 2;

/** A whole message as RFC 6455 has it (5.2): text, without a mask. In one piece, which is one write. */
function textFrame(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const head = length < 126 ? 2 : length < 2 ** 16 ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + length);
  frame[0] = 0x81;
  frame[1] = head === 2 ? length : head === 4 ? 126 : 127;
  if (head === 4) frame.writeUInt16BE(length, 2);
  if (head === 10) frame.writeBigUInt64BE(BigInt(length), 2);
  frame.write(text, head);
  return frame;
}

export function broadcastHere(adapter: Adapter, packet: Packet, { rooms, except = new Set() }: BroadcastOptions): void {
  const { sockets } = adapter.nsp as { sockets: Map<string, { client: Client }> };
  const text = `${EVENT}${JSON.stringify(packet.data)}`;
  let encoded: Buffer[] | undefined;
  const reached = new Set<string>();
  for (const room of except) for (const id of adapter.rooms.get(room) ?? []) reached.add(id);
  for (const room of rooms)
    for (const id of adapter.rooms.get(room) ?? []) {
      if (reached.has(id)) continue;
      if (rooms.size > 1) reached.add(id);
      const client = sockets.get(id)?.client;
      if (!client) continue;
      const { readyState, writeBuffer, transport } = client.conn;
      const isReady = transport.writable && writeBuffer.length === 0 && readyState === 'open';
      if (isReady && transport.socket?.readyState === WebSocket.OPEN) {
        encoded ??= [textFrame(MESSAGE + text)];
        transport.socket._sender.sendFrame(encoded);
      } else client.writeToEngine(text, { preEncoded: true });
    }
}

/** For a process that is alone. */
export class LocalAdapter extends Adapter {
  override broadcast(packet: Packet, options: BroadcastOptions): void {
    if (packet.type === EVENT && options.rooms.size > 0) broadcastHere(this, packet, options);
    else super.broadcast(packet, options);
  }
}
