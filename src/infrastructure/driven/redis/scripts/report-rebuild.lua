--[[
  report-rebuild: how far a rebuild is, if it still is the one that was asked for last.

  KEYS[1] the partition's rebuild
  ARGV[1] id   ARGV[2] progress (JSON)   ARGV[3] 1 while it waits or is under way, else 0   ARGV[4] owner

  Returns 'reported' | 'replaced'
--]]
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then return 'replaced' end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], 'progress', ARGV[2], 'open', ARGV[3], 'owner', ARGV[4], 'at', now)
return 'reported'
