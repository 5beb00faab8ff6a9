-- What the scripts about replays have in common. KEYS prefix of all their keys, which `replays.ts` lists.
local P = KEYS[1]
local expiries, sizes, counters = P .. 'expiries', P .. 'sizes', P .. 'counters'
local listings, words, cases = P .. 'listings', P .. 'words', P .. 'cases'
local keys, given = P .. 'keys', P .. 'given'

-- Exactly as it is: Lua would write it with an exponent.
local function digits(number) return string.format('%.0f', number) end

local function sizeOf(id) return tonumber(redis.call('HGET', sizes, id) or '0') end

local function isThere(id, now)
  local expires = redis.call('HGET', P .. id, 'expires')
  return expires and tonumber(expires) > tonumber(now)
end

local function ownKey(owner, word) return P .. 'own:' .. owner .. ':' .. word end

-- If it is one of those that its owner's are counted by.
local function ownKeyOf(id)
  local owner, word = unpack(redis.call('HMGET', P .. id, 'owner', 'word'))
  return word and ownKey(owner, word)
end

local function expireAt(id, expires)
  redis.call('HSET', P .. id, 'expires', expires)
  local own = ownKeyOf(id)
  if own and redis.call('PEXPIRETIME', own) < tonumber(expires) then redis.call('PEXPIREAT', own, expires) end
  redis.call('PEXPIREAT', P .. id, expires)
  redis.call('PEXPIREAT', P .. 'reporters:' .. id, expires)
  redis.call('ZADD', expiries, expires, id)
end

local function conceal(id, word)
  if redis.call('ZREM', P .. 'newest:' .. word, id) == 0 then return end
  redis.call('ZREM', P .. 'fastest:' .. word, id)
  if tonumber(redis.call('ZINCRBY', words, -1, word)) <= 0 then redis.call('ZREM', words, word) end
end

-- Whether strangers see it in its gallery follows from what is known of it.
local function place(id)
  local word = redis.call('HGET', P .. 'galleries', id)
  if not word then return end
  local n, speed, passes, hidden, approved =
    unpack(redis.call('HMGET', P .. id, 'n', 'speed', 'passes', 'hidden', 'approved'))
  if (hidden or '') ~= '' or (passes ~= '1' and approved ~= '1') then
    conceal(id, word)
  elseif redis.call('ZADD', P .. 'newest:' .. word, n, id) == 1 then
    redis.call('ZADD', P .. 'fastest:' .. word, speed, id)
    redis.call('ZINCRBY', words, 1, word)
  end
end

local function leaveGallery(id)
  local word = redis.call('HGET', P .. 'galleries', id)
  if not word then return false end
  conceal(id, word)
  redis.call('HDEL', P .. 'galleries', id)
  redis.call('ZREM', listings, id)
  redis.call('HINCRBY', counters, 'listed', digits(0 - sizeOf(id)))
  return true
end

-- Under which it was donated. That is kept apart from the replay, whose hash has expired when it is dropped.
local function forgetKey(id)
  local key = redis.call('HGET', given, id)
  if not key then return end
  redis.call('HDEL', keys, key)
  redis.call('HDEL', given, id)
end

local function drop(id)
  leaveGallery(id)
  forgetKey(id)
  local own = ownKeyOf(id)
  if own then redis.call('ZREM', own, id) end
  redis.call('HINCRBY', sizes, 'total', digits(0 - sizeOf(id)))
  redis.call('HDEL', sizes, id)
  redis.call('ZREM', expiries, id)
  redis.call('ZREM', cases, id)
  redis.call('DEL', P .. 'reporters:' .. id)
  return redis.call('DEL', P .. id)
end

local function dropExpired(now)
  for _, id in ipairs(redis.call('ZRANGE', expiries, '-inf', now, 'BYSCORE', 'LIMIT', 0, 100)) do drop(id) end
end

local function unlist(id, lifeMs, now)
  if not leaveGallery(id) then return 0 end
  local expires = tonumber(redis.call('HGET', P .. id, 'saved') or '0') + lifeMs
  if expires <= tonumber(now) then drop(id) else expireAt(id, digits(expires)) end
  return 1
end

