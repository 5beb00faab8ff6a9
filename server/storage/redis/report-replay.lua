-- Counts a reporter of a replay, once, and hides it after so many. Returns 0 if it is not there, or hidden.
-- ARGV id, reporter, how many hide it, now in ms.
local id, now = ARGV[1], ARGV[4]
if not isThere(id, now) then return 0 end
local hidden, approved, expires = unpack(redis.call('HMGET', P .. id, 'hidden', 'approved', 'expires'))
if (hidden or '') ~= '' then return 0 end
local reporters = P .. 'reporters:' .. id
if approved == '1' or redis.call('SADD', reporters, ARGV[2]) == 0 then return 1 end
redis.call('PEXPIREAT', reporters, expires)
redis.call('ZADD', cases, now, id)
if redis.call('SCARD', reporters) >= tonumber(ARGV[3]) then
  redis.call('HSET', P .. id, 'hidden', 'reports')
  place(id)
end
return 1
