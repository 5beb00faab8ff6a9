-- Keeps a replay, unless it is there. Replays that have expired go, and then those that would expire first, until all records
-- together take no more than the limit.
-- KEYS prefix of the replays, expiries, sizes, ids of the room. ARGV id, owner, record, now in ms, when it expires, most bytes.
local prefix, id, record, now, expires, most = KEYS[1], ARGV[1], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
if #record > most or redis.call('EXISTS', prefix .. id) == 1 then return 0 end
local total = tonumber(redis.call('HGET', KEYS[3], 'total') or '0')
local function drop(gone)
  total = total - tonumber(redis.call('HGET', KEYS[3], gone) or '0')
  redis.call('DEL', prefix .. gone)
  redis.call('ZREM', KEYS[2], gone)
  redis.call('HDEL', KEYS[3], gone)
end
for _, gone in ipairs(redis.call('ZRANGE', KEYS[2], '-inf', '(' .. now, 'BYSCORE', 'LIMIT', 0, 100)) do drop(gone) end
while total + #record > most do
  local first = redis.call('ZRANGE', KEYS[2], 0, 0)[1]
  if not first then
    total = 0
    break
  end
  drop(first)
end
redis.call('HSET', prefix .. id, 'owner', ARGV[2], 'record', record, 'saved', now, 'expires', expires)
redis.call('PEXPIREAT', prefix .. id, expires)
redis.call('ZADD', KEYS[2], expires, id)
redis.call('HSET', KEYS[3], id, #record, 'total', total + #record)
redis.call('SADD', KEYS[4], id)
redis.call('PEXPIREAT', KEYS[4], expires)
return 1
