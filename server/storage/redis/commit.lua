-- Commits a record if the stored version is still the expected one ('' if none is stored), and publishes it to every process
-- that watches it in the same step, so that messages come in the order of versions. A record that is over is deleted, a game with
-- its ink.
-- KEYS record, channel, ink of a game. ARGV expected version, next version, field, record as JSON, life in ms, 1 if it is over.
-- Returns 1, or the stored record that is there instead, or nil if there is none.
local version = redis.call('HGET', KEYS[1], 'version') or ''
if version ~= ARGV[1] then return redis.call('HGET', KEYS[1], ARGV[3]) end
if ARGV[6] == '1' then
  redis.call('DEL', KEYS[1])
  if KEYS[3] then
    for _, field in ipairs(redis.call('HKEYS', KEYS[3])) do
      if field ~= 'round' then redis.call('DEL', KEYS[3] .. ':' .. field) end
    end
    redis.call('DEL', KEYS[3])
  end
else
  redis.call('HSET', KEYS[1], 'version', ARGV[2], ARGV[3], ARGV[4])
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
end
redis.call('SPUBLISH', KEYS[2], ARGV[4])
return 1
