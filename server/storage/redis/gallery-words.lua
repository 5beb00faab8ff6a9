-- The words with drawings in their galleries: word, how many, word, how many, … ARGV now in ms.
dropExpired(ARGV[1])
return redis.call('ZRANGE', words, 0, -1, 'WITHSCORES')
