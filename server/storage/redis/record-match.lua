-- Counts a match on its boards, once: the mark of the match and its boards change together or not at all.
-- KEYS mark of the match. ARGV life of the mark in ms, boards as JSON, lines as JSON.
-- A board is [key, 'most' | 'least', lines to keep, life in ms or 0], a line [index of its board, session, nickname, value].
if not redis.call('SET', KEYS[1], 1, 'NX', 'PX', ARGV[1]) then return 0 end
local boards = cjson.decode(ARGV[2])
for _, line in ipairs(cjson.decode(ARGV[3])) do
  local key, how = boards[line[1]][1], boards[line[1]][2]
  redis.call('ZADD', key, how == 'most' and 'GT' or 'LT', line[4], line[2])
  redis.call('HSET', key .. ':names', line[2], line[3])
end
for _, board in ipairs(boards) do
  local key, places, life = board[1], board[3], board[4]
  local from, to = 0, -places - 1
  if board[2] == 'least' then from, to = places, -1 end
  local out = redis.call('ZRANGE', key, from, to)
  if #out > 0 then
    redis.call('ZREMRANGEBYRANK', key, from, to)
    redis.call('HDEL', key .. ':names', unpack(out))
  end
  if life > 0 then
    redis.call('PEXPIRE', key, life)
    redis.call('PEXPIRE', key .. ':names', life)
  end
end
return 1
