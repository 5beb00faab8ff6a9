-- Says what a replay was given away for, if that is still as it was. Returns 0 if it is not, or if the replay is not there.
-- ARGV id, as it was, as it is to be ('null' for nothing), now in ms, for how long what does not pass is kept for the operator, from when
-- it was saved, in ms.
local id = ARGV[1]
if not isThere(id, ARGV[4]) then return 0 end
if (redis.call('HGET', P .. id, 'gift') or 'null') ~= ARGV[2] then return 0 end
forgetKey(id)
redis.call('HSET', P .. id, 'gift', ARGV[3])
local gift = cjson.decode(ARGV[3])
if gift == cjson.null then return 1 end
if gift.key ~= cjson.null then
  redis.call('HSET', keys, gift.key, id)
  redis.call('HSET', given, id, gift.key)
end
if gift.passes then return 1 end
redis.call('ZADD', cases, 'NX', ARGV[4], id)
local saved, before = unpack(redis.call('HMGET', P .. id, 'saved', 'expires'))
expireAt(id, digits(math.max(before, saved + ARGV[5])))
return 1
