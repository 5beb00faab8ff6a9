-- Commits a record if the stored version is still the expected one ('' if none is stored), and publishes it to every process
-- that watches it in the same step, so that messages come in the order of versions. A record that is over is deleted, with the
-- networks that its members share, and a game with its ink. Networks of those who are no longer members go at once.
-- For a life it is remembered that a record was over: a process that missed it does not bring it back, but anew it may begin.
-- KEYS record, channel, list of networks, their bytes, ink of a game.
-- ARGV expected version or 'new', next version, field, record as JSON, life in ms, 1 if it is over, then the members.
-- Returns 1, or the stored record that is there instead, or nil if there is none.
local version = redis.call('HGET', KEYS[1], 'version') or ''
local over = KEYS[1] .. ':over'
if ARGV[1] == 'new' then
  if version ~= '' then return redis.call('HGET', KEYS[1], ARGV[3]) end
  redis.call('DEL', over)
elseif version ~= ARGV[1] then
  return redis.call('HGET', KEYS[1], ARGV[3])
elseif version == '' and redis.call('EXISTS', over) == 1 then
  return nil
end
if ARGV[6] == '1' then
  redis.call('SET', over, '', 'PX', ARGV[5])
  redis.call('DEL', KEYS[1], KEYS[3], KEYS[4])
  if KEYS[5] then
    for _, field in ipairs(redis.call('HKEYS', KEYS[5])) do
      if field ~= 'round' then redis.call('DEL', KEYS[5] .. ':' .. field) end
    end
    redis.call('DEL', KEYS[5])
  end
else
  redis.call('HSET', KEYS[1], 'version', ARGV[2], ARGV[3], ARGV[4])
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  local sharing = redis.call('HKEYS', KEYS[3])
  if #sharing > 0 then
    local members = {}
    for i = 7, #ARGV do members[ARGV[i]] = true end
    for _, member in ipairs(sharing) do
      if not members[member] then redis.call('HDEL', KEYS[3], member) redis.call('HDEL', KEYS[4], member) end
    end
    redis.call('PEXPIRE', KEYS[3], ARGV[5])
    redis.call('PEXPIRE', KEYS[4], ARGV[5])
  end
end
redis.call('SPUBLISH', KEYS[2], ARGV[4])
return 1
