-- The id of the owner's fastest drawing of a word that is not hidden; nil if there is none. ARGV owner, word, now in ms.
local own = ownKey(ARGV[1], ARGV[2])
for _, id in ipairs(redis.call('ZRANGE', own, 0, -1)) do
  if not isThere(id, ARGV[3]) then
    redis.call('ZREM', own, id)
  elseif (redis.call('HGET', P .. id, 'hidden') or '') == '' then
    return id
  end
end
return nil
