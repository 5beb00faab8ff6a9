-- Keeps a network that a member of a room or lesson shares, as long as that lives. The newest of a member replaces the former.
-- KEYS game, lesson, list, bytes. ARGV member, what the list says, network, most networks.
local life = math.max(redis.call('PTTL', KEYS[1]), redis.call('PTTL', KEYS[2]))
if life <= 0 then return 'gone' end
if redis.call('HEXISTS', KEYS[3], ARGV[1]) == 0 and redis.call('HLEN', KEYS[3]) >= tonumber(ARGV[4]) then return 'full' end
redis.call('HSET', KEYS[3], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[4], ARGV[1], ARGV[3])
redis.call('PEXPIRE', KEYS[3], life)
redis.call('PEXPIRE', KEYS[4], life)
return 'saved'
