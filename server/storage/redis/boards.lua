-- What the scripts about boards have in common. Beside each board are `…:names` and `…:seen`; see `leaderboard.ts`.
local function drop(key, sessions)
  for _, session in ipairs(sessions) do
    redis.call('ZREM', key, session)
    redis.call('HDEL', key .. ':names', session)
    redis.call('ZREM', key .. ':seen', session)
  end
end

local function live(key, life)
  for _, beside in ipairs({ '', ':names', ':seen' }) do redis.call('PEXPIRE', key .. beside, life) end
end

-- Drops the lines of players whose last match on the board ended longer ago than a life. Times are in ms.
local function dropOld(key, now, life)
  -- Version 0.1 did not write down when: its lines are as old as this moment.
  if redis.call('ZCARD', key .. ':seen') < redis.call('ZCARD', key) then
    for _, session in ipairs(redis.call('ZRANGE', key, 0, -1)) do redis.call('ZADD', key .. ':seen', 'NX', now, session) end
    live(key, life)
  end
  drop(key, redis.call('ZRANGE', key .. ':seen', '-inf', '(' .. now - life, 'BYSCORE'))
end
