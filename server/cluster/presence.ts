/** The other processes of the game: which are alive, and how they hand a drawing over. The port, and a single process. */

export interface Presence {
  /** This process's name. The name of a connection begins with it, so everybody knows which process holds a seat. */
  readonly id: string;
  /** Asks the process to store what it holds of the player's drawing. Resolves when it did, or is not there. */
  handOver(process: string, code: string, player: string): Promise<void>;
  /** Called when another process asks this one for a drawing. */
  onHandOver(listener: (code: string, player: string) => Promise<void>): void;
  /** Asks the process to send its drawings to everybody in the room again. */
  requestDrawings(process: string, code: string): Promise<void>;
  onDrawingsRequested(listener: (code: string) => void): void;
  /** Rejects with `Unavailable` if it cannot be known. */
  isAlive(process: string): Promise<boolean>;
}

/** The only process there is. */
export const alone = (): Presence => ({
  id: 'alone',
  handOver: async () => {},
  onHandOver: () => {},
  requestDrawings: async () => {},
  onDrawingsRequested: () => {},
  // A store in memory is gone with its process, and so are the seats that another process held.
  isAlive: async (process) => process === 'alone',
});

/** The name of a socket across all processes. */
export const connectionOf = (presence: Presence, socket: string): string => `${presence.id}/${socket}`;

/** The process that holds a connection. */
export const processOf = (connection: string): string => connection.slice(0, connection.indexOf('/'));
