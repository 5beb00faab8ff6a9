-- Counts a match on its boards, once: the mark of the match and its boards change together or not at all.
-- KEYS mark of the match. ARGV life of the mark in ms, when the match ended in ms, boards as JSON, lines as JSON.
-- A board is [key, 'most' | 'least', lines to keep, life in ms], a line [index of its board, session, nickname, value].
if not redis.call('SET', KEYS[1], 1, 'NX', 'PX', ARGV[1]) then return 0 end
local ended, boards = tonumber(ARGV[2]), cjson.decode(ARGV[3])
for _, line in ipairs(cjson.decode(ARGV[4])) do
  local key, how = boards[line[1]][1], boards[line[1]][2]
  redis.call('ZADD', key, how == 'most' and 'GT' or 'LT', line[4], line[2])
  redis.call('HSET', key .. ':names', line[2], line[3])
  redis.call('ZADD', key .. ':seen', 'GT', ended, line[2])
end
for _, board in ipairs(boards) do
  local key, places, life = board[1], board[3], board[4]
  dropOld(key, ended, life)
  local from, to = 0, -places - 1
  if board[2] == 'least' then from, to = places, -1 end
  drop(key, redis.call('ZRANGE', key, from, to))
  live(key, life)
end
return 1
