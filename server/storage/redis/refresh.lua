-- Extends the life of a room's keys. KEYS game, ink. ARGV life in ms. Returns 0 if there is no such room.
if redis.call('PEXPIRE', KEYS[1], ARGV[1]) == 0 then return 0 end
if redis.call('PEXPIRE', KEYS[2], ARGV[1]) == 1 then
  for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
    if field ~= 'round' then redis.call('PEXPIRE', KEYS[2] .. ':' .. field, ARGV[1]) end
  end
end
return 1
