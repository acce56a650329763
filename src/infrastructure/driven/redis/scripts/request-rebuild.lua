--[[
  request-rebuild: asks for a rebuild, unless another one waits or is under way. How far the one before it was is kept.

  KEYS[1] the partition's rebuild
  ARGV[1] id   ARGV[2] concertId, or empty   ARGV[3] progress (JSON)   ARGV[4] milliseconds of silence after which one is dead

  Returns 'accepted' | 'running'
--]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local open, at, before, progress = unpack(redis.call('HMGET', KEYS[1], 'open', 'at', 'id', 'progress'))
if open == '1' and now - tonumber(at) < tonumber(ARGV[4]) then return 'running' end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'concert', ARGV[2], 'progress', ARGV[3], 'open', '1', 'owner', '', 'at', now)
if before then redis.call('HSET', KEYS[1], 'before', before, 'before-progress', progress) end
redis.call('EXPIRE', KEYS[1], 86400)
return 'accepted'
