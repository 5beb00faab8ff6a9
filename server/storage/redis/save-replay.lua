-- Keeps a replay, unless it is there. Replays that have expired go, and then those that would expire first, until all records
-- together take no more than the limit. ARGV id, room, owner, record, now in ms, when it expires, most bytes.
local id, record, now, expires, most = ARGV[1], ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7])
if #record > most or redis.call('EXISTS', P .. id) == 1 then return 0 end
dropExpired(now)
while tonumber(redis.call('HGET', sizes, 'total') or '0') + #record > most do
  local first = redis.call('ZRANGE', expiries, 0, 0)[1]
  if not first then
    redis.call('DEL', sizes)
    break
  end
  drop(first)
end
redis.call('HSET', P .. id, 'owner', ARGV[3], 'record', record, 'saved', now)
redis.call('HSET', sizes, id, #record)
redis.call('HINCRBY', sizes, 'total', #record)
expireAt(id, expires)
redis.call('SADD', P .. 'room:' .. ARGV[2], id)
redis.call('PEXPIREAT', P .. 'room:' .. ARGV[2], expires)
return 1
