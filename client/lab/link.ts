/** The page's side of a worker of the lab. */
import type { Stroke } from '../../shared/ink.ts';
import type { NetworkFiles } from './engine/files.ts';
import type { Order, Report } from './engine/orders.ts';

export type Looks = Omit<Extract<Report, { type: 'seen' }>, 'type' | 'id'>;

export interface WorkerLink {
  send(order: Order): void;
  /** Rejects if the worker fails, or is closed before it answers. */
  look(drawings: Stroke[][], maps: boolean): Promise<Looks>;
  save(): Promise<NetworkFiles>;
  close(): void;
}

/** A new worker. Its reports other than answers go to `receive`. */
export function openWorker(receive: (report: Report) => void): WorkerLink {
  const worker = new Worker(new URL('./engine/lab-worker.ts', import.meta.url), { type: 'module' });
  const looks = new Map<number, { resolve: (looks: Looks) => void; reject: (reason: Error) => void }>();
  let saving: { resolve: (files: NetworkFiles) => void; reject: (reason: Error) => void } | undefined;
  let count = 0;

  function fail(reason: Error): void {
    for (const each of [...looks.values(), saving]) each?.reject(reason);
    looks.clear();
    saving = undefined;
  }

  worker.onmessage = ({ data }: MessageEvent<Report>) => {
    if (data.type === 'seen') {
      looks.get(data.id)?.resolve(data);
      looks.delete(data.id);
    } else if (data.type === 'saved') {
      saving?.resolve(data);
      saving = undefined;
    } else {
      if (data.type === 'failed') fail(new Error(data.reason));
      receive(data);
    }
  };
  worker.onerror = ({ message }) => {
    fail(new Error(message));
    receive({ type: 'failed', reason: message });
  };
  const send = (order: Order) => worker.postMessage(order);

  return {
    send,
    look(drawings, maps) {
      const id = ++count;
      send({ type: 'look', id, drawings, maps });
      return new Promise((resolve, reject) => looks.set(id, { resolve, reject }));
    },
    save() {
      send({ type: 'save' });
      return new Promise((resolve, reject) => {
        saving = { resolve, reject };
      });
    },
    close() {
      worker.onmessage = null;
      worker.onerror = null;
      worker.terminate();
      fail(new Error('closed'));
    },
  };
}
