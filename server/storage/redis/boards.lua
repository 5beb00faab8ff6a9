-- What the scripts about boards have in common. Beside each board are `…:names` and `…:seen`; see `leaderboard.ts`.
local function drop(key, sessions)
  for _, session in ipairs(sessions) do
    redis.call('ZREM', key, session)
    redis.call('HDEL', key .. ':names', session)
    redis.call('ZREM', key .. ':seen', session)
  end
end

-- Lines of players whose last match on the board ended before this time, in ms.
local function dropOld(key, before)
  drop(key, redis.call('ZRANGE', key .. ':seen', '-inf', '(' .. before, 'BYSCORE'))
end
