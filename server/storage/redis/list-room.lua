-- Puts a room on the public list, or removes it if its row is ''. A version older than the listed one changes nothing.
-- KEYS rows, codes by players, codes by time. ARGV code, row, version, players, now in ms, most rooms to keep, how long a row counts in ms.
-- Over that limit the rooms that were updated longest ago are removed.
local code, row, version, players, now, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5], tonumber(ARGV[6])
local function remove(gone)
  redis.call('HDEL', KEYS[1], gone)
  redis.call('ZREM', KEYS[2], gone)
  redis.call('ZREM', KEYS[3], gone)
end
local before = redis.call('HGET', KEYS[1], code)
if before and tonumber(string.match(before, '^%d+')) > version then return 0 end
if row == '' then
  remove(code)
  return 1
end
redis.call('HSET', KEYS[1], code, ARGV[3] .. ' ' .. row)
redis.call('ZADD', KEYS[2], players, code)
redis.call('ZADD', KEYS[3], now, code)
local over = redis.call('ZCARD', KEYS[3]) - most
if over > 0 then
  for _, gone in ipairs(redis.call('ZRANGE', KEYS[3], 0, over - 1)) do remove(gone) end
end
-- Rows that are too old go when the list is read. Nobody may ever read it.
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[7]) end
return 1
