-- Says what a replay was given away for, if that is still as it was. Returns 0 if it is not, or if the replay is not there.
-- ARGV id, as it was, as it is to be ('null' for nothing), now in ms.
if not isThere(ARGV[1], ARGV[4]) then return 0 end
if (redis.call('HGET', P .. ARGV[1], 'gift') or 'null') ~= ARGV[2] then return 0 end
redis.call('HSET', P .. ARGV[1], 'gift', ARGV[3])
local gift = cjson.decode(ARGV[3])
if gift ~= cjson.null and gift.passes == false then redis.call('ZADD', cases, 'NX', ARGV[4], ARGV[1]) end
return 1
