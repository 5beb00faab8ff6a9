-- Removes a replay. Returns 0 if it is not there. KEYS replay, expiries, sizes. ARGV id.
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HINCRBY', KEYS[3], 'total', 0 - tonumber(redis.call('HGET', KEYS[3], ARGV[1]) or '0'))
redis.call('HDEL', KEYS[3], ARGV[1])
return redis.call('DEL', KEYS[1])
