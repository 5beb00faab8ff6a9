-- Removes a replay. Returns 0 if it is not there. ARGV id.
return drop(ARGV[1])
