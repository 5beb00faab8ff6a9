-- Keeps what came of a try, once, if its match is the one that the session claimed. A claim that Redis lost is made again.
-- KEYS tries of the day, results, scores. ARGV session, match, most tries, life in ms, result as JSON, score.
local match = redis.call('HGET', KEYS[1], ARGV[1])
if not match then
  if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
elseif match ~= ARGV[2] then
  return 0
end
if redis.call('HSETNX', KEYS[2], ARGV[1], ARGV[5]) == 0 then return 0 end
redis.call('ZADD', KEYS[3], ARGV[6], ARGV[1])
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[4]) end
return 1
