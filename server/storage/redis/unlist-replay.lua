-- Takes a replay out of the gallery. Returns 0 if it is in none. ARGV id, its life from then on in ms, now in ms.
if not isThere(ARGV[1], ARGV[3]) then return 0 end
return unlist(ARGV[1], ARGV[2], ARGV[3])
