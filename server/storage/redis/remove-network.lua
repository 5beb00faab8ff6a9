-- Deletes the network that a member shares. KEYS list, bytes. ARGV member. Returns 1.
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
return 1
