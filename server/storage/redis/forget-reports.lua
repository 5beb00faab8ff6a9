-- KEYS what all keys begin with. ARGV key_id.
redis.call('ZREM', KEYS[1] .. 'all', ARGV[1])
return redis.call('DEL', KEYS[1] .. ARGV[1])
