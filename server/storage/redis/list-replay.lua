-- Puts a replay into the gallery of a word, which keeps it for so long, counted from when it was saved. The oldest go until
-- all galleries together keep within their share. Returns 0 if it is not there.
-- ARGV id, word, passes (1 or 0), speed without its number, now in ms, life in ms, most bytes of galleries.
local id, word, now = ARGV[1], ARGV[2], ARGV[5]
if not isThere(id, now) then return 0 end
dropExpired(now)
leaveGallery(id)
local n = redis.call('HINCRBY', counters, 'n', 1)
redis.call('HSET', P .. id, 'n', n, 'passes', ARGV[3], 'speed', digits(tonumber(ARGV[4]) + n))
redis.call('HSET', P .. 'galleries', id, word)
redis.call('ZADD', listings, n, id)
local size = redis.call('HINCRBY', counters, 'listed', sizeOf(id))
local saved, before = unpack(redis.call('HMGET', P .. id, 'saved', 'expires'))
expireAt(id, digits(math.max(before, saved + ARGV[6])))
if ARGV[3] ~= '1' then redis.call('ZADD', cases, now, id) end
place(id)
while size > tonumber(ARGV[7]) do
  local first = redis.call('ZRANGE', listings, 0, 0)[1]
  if not first then break end
  drop(first)
  size = tonumber(redis.call('HGET', counters, 'listed'))
end
return 1
