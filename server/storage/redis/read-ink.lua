-- The ink of a round: player, list of entries, and so on; empty if another round is stored.
-- KEYS ink. ARGV round, player or '' for everybody.
if redis.call('HGET', KEYS[1], 'round') ~= ARGV[1] then return {} end
local all = {}
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if field ~= 'round' and (ARGV[2] == '' or ARGV[2] == field) then
    all[#all + 1] = field
    all[#all + 1] = redis.call('LRANGE', KEYS[1] .. ':' .. field, 0, -1)
  end
end
return all
