-- Commits a game if the stored version is still the expected one ('' if none is stored), and publishes it to every process
-- that watches it in the same step, so that messages come in the order of versions. A closed game is deleted with its ink.
-- KEYS game, ink, channel. ARGV expected version, next version, game as JSON, life in ms, phase.
-- Returns 1, or the stored game that is there instead, or nil if there is none.
local version = redis.call('HGET', KEYS[1], 'version') or ''
if version ~= ARGV[1] then return redis.call('HGET', KEYS[1], 'game') end
if ARGV[5] == 'closed' then
  for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
    if field ~= 'round' then redis.call('DEL', KEYS[2] .. ':' .. field) end
  end
  redis.call('DEL', KEYS[1], KEYS[2])
else
  redis.call('HSET', KEYS[1], 'version', ARGV[2], 'game', ARGV[3])
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
redis.call('SPUBLISH', KEYS[3], ARGV[3])
return 1
