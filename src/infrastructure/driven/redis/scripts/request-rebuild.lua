--[[
  request-rebuild: requests a rebuild unless another one is requested or running. Keeps the progress of the previous one.

  KEYS[1] rebuild request of the partition
  ARGV[1] id, ARGV[2] concertId or empty, ARGV[3] progress (JSON)
  ARGV[4] milliseconds without a report after which a rebuild counts as abandoned

  Result: 'accepted', or 'running' if another rebuild is requested or running
--]]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local open, reportedAt, id, progress = unpack(redis.call('HMGET', KEYS[1], 'open', 'reportedAt', 'id', 'progress'))
if open == '1' and now - tonumber(reportedAt) < tonumber(ARGV[4]) then return 'running' end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'id', ARGV[1], 'concertId', ARGV[2], 'progress', ARGV[3], 'open', '1', 'owner', '', 'reportedAt', now)
if id then redis.call('HSET', KEYS[1], 'previousId', id, 'previousProgress', progress) end
redis.call('EXPIRE', KEYS[1], 86400)
return 'accepted'
