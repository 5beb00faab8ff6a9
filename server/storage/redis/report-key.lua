-- Counts a reporter of a drawing once, and returns how many there are. Over the limit, those reported longest ago are forgotten.
-- KEYS what all keys begin with. ARGV key_id, reporter, reason, now in ms, for how long in ms, most drawings.
local all, own = KEYS[1] .. 'all', KEYS[1] .. ARGV[1]
redis.call('HSETNX', own, ARGV[2], ARGV[3])
redis.call('PEXPIRE', own, ARGV[5])
redis.call('ZADD', all, ARGV[4], ARGV[1])
redis.call('PEXPIRE', all, ARGV[5])
for _, gone in ipairs(redis.call('ZRANGE', all, 0, -ARGV[6] - 1)) do
  redis.call('DEL', KEYS[1] .. gone)
  redis.call('ZREM', all, gone)
end
return redis.call('HLEN', own)
