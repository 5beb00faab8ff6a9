-- What the operator decides of a replay: 'hide', 'unhide' or 'approve'. Returns 0 if it is not there. ARGV id, decision, now in ms.
local id, decision, now = ARGV[1], ARGV[2], ARGV[3]
if not isThere(id, now) then return 0 end
redis.call(
  'HSET', P .. id,
  'hidden', decision == 'hide' and 'operator' or '',
  'approved', decision == 'approve' and '1' or '0'
)
if decision ~= 'hide' then redis.call('DEL', P .. 'reporters:' .. id) end
redis.call('ZADD', cases, 'NX', now, id)
place(id)
return 1
