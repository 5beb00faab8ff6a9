-- Keeps a replay for so long, counted from when it was saved, with another record unless that is ''. Returns 0 if it is not there.
-- KEYS replay, expiries, sizes. ARGV id, life in ms, record, now in ms.
local saved, before = unpack(redis.call('HMGET', KEYS[1], 'saved', 'expires'))
if not saved or tonumber(before) <= tonumber(ARGV[4]) then return 0 end
local expires = string.format('%.0f', math.max(before, saved + ARGV[2]))
if ARGV[3] ~= '' then
  local grown = #ARGV[3] - tonumber(redis.call('HGET', KEYS[3], ARGV[1]) or '0')
  redis.call('HSET', KEYS[1], 'record', ARGV[3])
  redis.call('HSET', KEYS[3], ARGV[1], #ARGV[3])
  redis.call('HINCRBY', KEYS[3], 'total', grown)
end
redis.call('HSET', KEYS[1], 'expires', expires)
redis.call('PEXPIREAT', KEYS[1], expires)
redis.call('ZADD', KEYS[2], expires, ARGV[1])
return 1
