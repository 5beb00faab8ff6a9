-- Ids of what the operator may want to see, newest first. ARGV how many to skip, how many, now in ms.
dropExpired(ARGV[3])
return redis.call('ZRANGE', cases, ARGV[1], ARGV[1] + ARGV[2] - 1, 'REV')
