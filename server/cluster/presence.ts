/** The other processes of the game: who is there, and how they hand a drawing over. */

export interface Peers {
  /** This process's name. The name of a connection begins with it, so that everybody knows where a seat is held. */
  readonly id: string;
  /** Has the process give what it holds of the player's drawing to the store. Resolves when it did, or is not there. */
  handOver(process: string, code: string, player: string): Promise<void>;
  /** What this process does when it is asked for a drawing. */
  onHandOver(give: (code: string, player: string) => Promise<void>): void;
  /** Has the process send everybody in the room its drawings anew. */
  askToTell(process: string, code: string): Promise<void>;
  onAskedToTell(tell: (code: string) => void): void;
  /** Whether the process is there. Rejects with `Unavailable` where that cannot be known. */
  isAlive(process: string): Promise<boolean>;
}

/** The only process there is. */
export function noPeers(): Peers {
  return {
    id: 'alone',
    handOver: async () => {},
    onHandOver: () => {},
    askToTell: async () => {},
    onAskedToTell: () => {},
    // A seat that another process held was kept by a store that is gone with it.
    isAlive: async (process) => process === 'alone',
  };
}

/** The name of a socket that no other process has. */
export const connectionOf = (peers: Peers, socket: string): string => `${peers.id}/${socket}`;

/** The process that holds a connection. */
export const processOf = (connection: string): string => connection.slice(0, connection.indexOf('/'));
