-- The best lines of a board: session, nickname, value of each. KEYS the board. ARGV 'most' | 'least', how many, and when the last match of
-- the oldest line ended at the earliest, in ms.
dropOld(KEYS[1], ARGV[3])
local lines, read = {}, ARGV[1] == 'most' and 'ZREVRANGE' or 'ZRANGE'
for _, session in ipairs(redis.call(read, KEYS[1], 0, ARGV[2] - 1)) do
  lines[#lines + 1] = { session, redis.call('HGET', KEYS[1] .. ':names', session), redis.call('ZSCORE', KEYS[1], session) }
end
return lines
