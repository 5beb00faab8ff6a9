/** The store that real processes share, as one more process sees it. */
import { createLog } from '../../server/log.ts';
import { connectRedis } from '../../server/storage/redis/connection.ts';
import { createRedisStore } from '../../server/storage/redis/store.ts';
import type { Store } from '../../server/storage/store.ts';

export async function openStore(url: string): Promise<Store> {
  const connection = connectRedis({ url, log: createLog('silent') });
  await connection.connected;
  return createRedisStore(connection);
}
