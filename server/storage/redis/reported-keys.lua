-- Each drawing that was reported since then, the last one first, with the reasons. KEYS what all keys begin with. ARGV since when in ms.
local all, found = KEYS[1] .. 'all', {}
redis.call('ZREMRANGEBYSCORE', all, '-inf', '(' .. ARGV[1])
for i, key in ipairs(redis.call('ZREVRANGE', all, 0, -1)) do found[i] = { key, redis.call('HVALS', KEYS[1] .. key) } end
return found
