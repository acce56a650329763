--[[
  report-rebuild: stores the progress of a rebuild if it is still the latest request.

  KEYS[1] rebuild request of the partition
  ARGV[1] id, ARGV[2] progress (JSON), ARGV[3] 1 while the rebuild is requested or running, else 0, ARGV[4] owner

  Result: 'reported', or 'replaced' if another rebuild was requested since
--]]
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then return 'replaced' end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], 'progress', ARGV[2], 'open', ARGV[3], 'owner', ARGV[4], 'reportedAt', now)
return 'reported'
