-- Keeps a replay, unless it is there. Replays that have expired go, and then those that would expire first, until all records
-- together take no more than the limit. Of an owner's drawings of a word, the fastest are remembered as theirs.
-- ARGV id, room, owner, record, now in ms, when it expires, most bytes, word, ms or '', how many are the owner's.
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
local owner, word, ms = ARGV[3], ARGV[8], ARGV[9]
if owner ~= '' and ms ~= '' then
  redis.call('HSET', P .. id, 'word', word)
  local own = ownKey(owner, word)
  redis.call('ZADD', own, ms, id)
  redis.call('ZREMRANGEBYRANK', own, ARGV[10], -1)
end
expireAt(id, expires)
redis.call('SADD', P .. 'room:' .. ARGV[2], id)
redis.call('PEXPIREAT', P .. 'room:' .. ARGV[2], expires)
return 1
