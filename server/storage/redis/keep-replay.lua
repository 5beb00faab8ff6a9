-- Keeps a replay for so long, counted from when it was saved, with another record unless that is ''. Returns 0 if it is not there.
-- ARGV id, life in ms, record, now in ms.
local id, record = ARGV[1], ARGV[3]
if not isThere(id, ARGV[4]) then return 0 end
local saved, before = unpack(redis.call('HMGET', P .. id, 'saved', 'expires'))
if record ~= '' then
  local grown = #record - sizeOf(id)
  -- Nobody has reviewed the name in it.
  redis.call('HSET', P .. id, 'record', record, 'approved', '0')
  redis.call('HSET', sizes, id, #record)
  redis.call('HINCRBY', sizes, 'total', grown)
  if redis.call('HEXISTS', P .. 'galleries', id) == 1 then redis.call('HINCRBY', counters, 'listed', grown) end
end
if record ~= '' then place(id) end
expireAt(id, digits(math.max(before, saved + ARGV[2])))
return 1
