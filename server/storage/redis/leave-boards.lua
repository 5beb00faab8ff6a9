-- Removes a session from boards. KEYS what their names begin with. ARGV session, the names as JSON.
for _, name in ipairs(cjson.decode(ARGV[2])) do drop(KEYS[1] .. name, { ARGV[1] }) end
return 1
