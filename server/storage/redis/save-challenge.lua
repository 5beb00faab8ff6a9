-- Keeps a challenge and its tries. Beyond the most the oldest challenges go, with theirs.
-- KEYS the prefix of all keys. ARGV id, challenge, life in ms, now, most challenges.
local P, id, life = KEYS[1], ARGV[1], tonumber(ARGV[3])
redis.call('SET', P .. id, ARGV[2], 'PX', life)
redis.call('PEXPIRE', P .. id .. ':tries', life)
local all = P .. 'all'
redis.call('ZREMRANGEBYSCORE', all, '-inf', tonumber(ARGV[4]) - life)
redis.call('ZADD', all, ARGV[4], id)
redis.call('PEXPIRE', all, life)
local over = redis.call('ZCARD', all) - tonumber(ARGV[5])
if over > 0 then
  for _, oldest in ipairs(redis.call('ZRANGE', all, 0, over - 1)) do
    redis.call('DEL', P .. oldest, P .. oldest .. ':tries')
    redis.call('ZREM', all, oldest)
  end
end
return 1
