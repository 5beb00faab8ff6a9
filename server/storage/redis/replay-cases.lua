-- Ids of what the operator may want to see, newest first. ARGV how many, now in ms.
dropExpired(ARGV[2])
return redis.call('ZRANGE', cases, 0, tonumber(ARGV[1]) - 1, 'REV')
