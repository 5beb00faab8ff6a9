-- Keeps a player's first try at a challenge. Beyond the most the oldest go. Returns 0 if nothing was kept.
-- KEYS the prefix of all keys. ARGV id, owner, try, most tries.
local challenge = KEYS[1] .. ARGV[1]
local tries = challenge .. ':tries'
local life = redis.call('PTTL', challenge)
if life <= 0 then return 0 end
for _, each in ipairs(redis.call('LRANGE', tries, 0, -1)) do
  if cjson.decode(each).owner == ARGV[2] then return 0 end
end
redis.call('LPUSH', tries, ARGV[3])
redis.call('LTRIM', tries, 0, tonumber(ARGV[4]) - 1)
redis.call('PEXPIRE', tries, life)
return 1
