-- The replays of an open room expire no earlier than this. KEYS ids of the room, prefix of the replays, expiries. ARGV when, in ms.
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local before = redis.call('HGET', KEYS[2] .. id, 'expires')
  if not before then
    redis.call('SREM', KEYS[1], id)
  elseif tonumber(before) < tonumber(ARGV[1]) then
    redis.call('HSET', KEYS[2] .. id, 'expires', ARGV[1])
    redis.call('PEXPIREAT', KEYS[2] .. id, ARGV[1])
    redis.call('ZADD', KEYS[3], ARGV[1], id)
  end
end
return redis.call('PEXPIREAT', KEYS[1], ARGV[1])
