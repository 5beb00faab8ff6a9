-- The replays of an open room expire no earlier than this. ARGV room, when in ms.
local room = P .. 'room:' .. ARGV[1]
for _, id in ipairs(redis.call('SMEMBERS', room)) do
  local before = redis.call('HGET', P .. id, 'expires')
  if not before then
    redis.call('SREM', room, id)
  elseif tonumber(before) < tonumber(ARGV[2]) then
    expireAt(id, ARGV[2])
  end
end
return redis.call('PEXPIREAT', room, ARGV[2])
