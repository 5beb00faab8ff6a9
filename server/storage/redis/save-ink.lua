-- Appends what was drawn: one list for each player, and a hash with the round and each player's term. Ink of an older round
-- is refused; ink of a newer round replaces everything.
-- KEYS game, ink. ARGV round, life in ms, then for each write: player, term, 'whole' or 'more', entry as JSON.
-- Returns -1 if the room, or the history that 'more' continues, is not there; 0 if the stored round is newer, else 1.
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
local life = ARGV[2]
local round = tonumber(redis.call('HGET', KEYS[2], 'round') or '-1')
if round > tonumber(ARGV[1]) then return 0 end
if round < tonumber(ARGV[1]) then
  for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
    if field ~= 'round' then redis.call('DEL', KEYS[2] .. ':' .. field) end
  end
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[2], 'round', ARGV[1])
  redis.call('PEXPIRE', KEYS[2], life)
end
local result = 1
for i = 3, #ARGV, 4 do
  local player, term, how, entry = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2], ARGV[i + 3]
  local list = KEYS[2] .. ':' .. player
  local before = tonumber(redis.call('HGET', KEYS[2], player) or '-1')
  local continues = how == 'more' and (before == -1 or before == term)
  if not continues or redis.call('RPUSHX', list, entry) == 0 then
    if continues and cjson.decode(entry).from > 0 then
      result = -1
    elseif continues or (how == 'whole' and term >= before) then
      redis.call('HSET', KEYS[2], player, term)
      redis.call('DEL', list)
      redis.call('RPUSH', list, entry)
      redis.call('PEXPIRE', list, life)
    end
  end
end
return result
