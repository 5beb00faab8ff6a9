-- A page of a gallery: id, place, id, place, … ARGV word, 'newest' or 'fastest', where the page before ended or '', how many, now in ms.
dropExpired(ARGV[5])
local key, after, limit = P .. ARGV[2] .. ':' .. ARGV[1], ARGV[3], ARGV[4]
if ARGV[2] == 'fastest' then
  local from = after == '' and '-inf' or '(' .. after
  return redis.call('ZRANGE', key, from, '+inf', 'BYSCORE', 'LIMIT', 0, limit, 'WITHSCORES')
end
local from = after == '' and '+inf' or '(' .. after
return redis.call('ZRANGE', key, from, '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, limit, 'WITHSCORES')
