-- Extends the life of a record's keys. KEYS record, list of networks, their bytes, ink of a game. ARGV life in ms.
-- Returns 0 if there is no such record.
if redis.call('PEXPIRE', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('PEXPIRE', KEYS[2], ARGV[1])
redis.call('PEXPIRE', KEYS[3], ARGV[1])
if KEYS[4] and redis.call('PEXPIRE', KEYS[4], ARGV[1]) == 1 then
  for _, field in ipairs(redis.call('HKEYS', KEYS[4])) do
    if field ~= 'round' then redis.call('PEXPIRE', KEYS[4] .. ':' .. field, ARGV[1]) end
  end
end
return 1
