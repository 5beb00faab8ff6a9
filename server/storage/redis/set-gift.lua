-- Says what a replay was given away for, if that is still as it was. Returns 0 if it is not, or if the replay is not there.
-- KEYS replay. ARGV as it was, as it is to be ('null' for nothing).
if redis.call('HEXISTS', KEYS[1], 'record') == 0 then return 0 end
if (redis.call('HGET', KEYS[1], 'gift') or 'null') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'gift', ARGV[2])
return 1
