-- The best lines of a board: session, nickname, value of each. KEYS the board. ARGV 'most' | 'least', how many, now in ms, life in ms.
dropOld(KEYS[1], tonumber(ARGV[3]), tonumber(ARGV[4]))
local lines, read = {}, ARGV[1] == 'most' and 'ZREVRANGE' or 'ZRANGE'
for _, session in ipairs(redis.call(read, KEYS[1], 0, ARGV[2] - 1)) do
  local nick = redis.call('HGET', KEYS[1] .. ':names', session) or ''
  lines[#lines + 1] = { session, nick, redis.call('ZSCORE', KEYS[1], session) }
end
return lines
