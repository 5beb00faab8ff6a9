-- Counts a reporter of a replay, once, and hides it after so many. Returns 0 if it is not there, or hidden.
-- ARGV id, reporter, reason, how many hide it, now in ms.
local id, now = ARGV[1], ARGV[5]
if not isThere(id, now) then return 0 end
local hidden, approved, expires = unpack(redis.call('HMGET', P .. id, 'hidden', 'approved', 'expires'))
if (hidden or '') ~= '' then return 0 end
local reporters = P .. 'reporters:' .. id
if approved == '1' or redis.call('HSETNX', reporters, ARGV[2], ARGV[3]) == 0 then return 1 end
redis.call('PEXPIREAT', reporters, expires)
redis.call('ZADD', cases, now, id)
if redis.call('HLEN', reporters) >= tonumber(ARGV[4]) then
  redis.call('HSET', P .. id, 'hidden', 'reports')
  place(id)
end
return 1
