/**
 * Shared networks in Redis. They live as long as the game or lesson of that code: `commit.lua` deletes them with it, and those of
 * members who left.
 *
 * | key | type | what |
 * |---|---|---|
 * | `dd:{CODE}:networks` | hash | what the list says of each network, by member |
 * | `dd:{CODE}:networks:bytes` | hash | the networks, by member |
 */
import { RESP_TYPES } from 'redis';
import type { Networks } from '../networks.ts';
import { MAX_NETWORKS } from '../networks.ts';
import type { Redis } from './connection.ts';
import { networkKeysOf } from './keys.ts';

const AS_BYTES = { [RESP_TYPES.BLOB_STRING]: Buffer };

export function createRedisNetworks(redis: Redis, most = MAX_NETWORKS): Networks {
  return {
    save: (code, member, { about, bytes }) =>
      redis.run((client) => client.saveNetwork(code, member, about, Buffer.from(bytes), most)),
    async list(code) {
      return new Map(Object.entries(await redis.run((client) => client.hGetAll(networkKeysOf(code).list))));
    },
    async read(code, member) {
      const bytes = await redis.run((client) =>
        client.withTypeMapping(AS_BYTES).hGet(networkKeysOf(code).bytes, member),
      );
      return bytes as unknown as Buffer | null;
    },
    async remove(code, member) {
      await redis.run((client) => client.removeNetwork(code, member));
    },
  };
}
