-- The rows of the fullest public rooms. Rooms that were not updated since ARGV[1] are removed, 100 at a time.
-- KEYS rows, codes by players, codes by time. ARGV since in ms, most rows.
for _, gone in ipairs(redis.call('ZRANGE', KEYS[3], '-inf', '(' .. ARGV[1], 'BYSCORE', 'LIMIT', 0, 100)) do
  redis.call('HDEL', KEYS[1], gone)
  redis.call('ZREM', KEYS[2], gone)
  redis.call('ZREM', KEYS[3], gone)
end
local codes = redis.call('ZREVRANGE', KEYS[2], 0, ARGV[2] - 1)
if #codes == 0 then return {} end
return redis.call('HMGET', KEYS[1], unpack(codes))
