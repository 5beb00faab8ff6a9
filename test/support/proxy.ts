/** A plain TCP load balancer: each new connection goes to the next process that takes it. And a cable that can be pulled. */
import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

export interface Cable {
  url: string;
  /** How many connections there are that lead somewhere. */
  connections(): number;
  /** Ends the connections of now; whether new ones come about is up to `ports`. */
  cut(): void;
  /** Drops everything on the current connections, both directions, without closing them; new connections work. */
  swallow(): void;
  /** Nothing comes through any connection, old or new, until `resume`; then all that waited does. */
  hold(): void;
  resume(): void;
  close(): Promise<void>;
}

export async function startProxy(ports: () => number[]): Promise<Cable> {
  const pairs = new Set<[Socket, Socket]>();
  const sockets = new Set<Socket>();
  let next = 0;
  let held = false;

  async function reach(): Promise<Socket | undefined> {
    const all = ports();
    for (let tries = 0; tries < all.length; tries++) {
      const socket = connect(all[next++ % all.length]!, '127.0.0.1');
      const open = await new Promise<boolean>((done) => {
        socket.once('connect', () => done(true));
        socket.once('error', () => done(false));
      });
      if (open) return socket;
    }
    return undefined;
  }

  const server: Server = createServer(async (client) => {
    client.on('error', () => {});
    client.pause();
    const backend = await reach();
    if (!backend) {
      client.destroy();
      return;
    }
    backend.on('error', () => {});
    for (const socket of [client, backend]) sockets.add(socket);
    const pair: [Socket, Socket] = [client, backend];
    pairs.add(pair);
    client.pipe(backend);
    backend.pipe(client);
    client.once('close', () => backend.destroy());
    backend.once('close', () => client.destroy());
    client.once('close', () => pairs.delete(pair));
    if (held) for (const socket of pair) socket.pause();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };

  return {
    url: `http://127.0.0.1:${port}`,
    connections: () => pairs.size,
    cut() {
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
    swallow() {
      for (const [client, backend] of pairs) {
        for (const [from, to] of [
          [client, backend],
          [backend, client],
        ] as const) {
          from.unpipe(to);
          from.removeAllListeners('close');
          from.resume();
        }
      }
      pairs.clear();
    },
    hold() {
      held = true;
      for (const pair of pairs) for (const socket of pair) socket.pause();
    },
    resume() {
      held = false;
      for (const pair of pairs) for (const socket of pair) socket.resume();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
