-- Claims the one try that a session has on a day, unless it has one, or the day takes no more.
-- KEYS tries of the day. ARGV session, match, most tries, life in ms.
-- Returns the match that is the session's try; '' if it has none.
local match = redis.call('HGET', KEYS[1], ARGV[1])
if match then return match end
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return '' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return ARGV[2]
