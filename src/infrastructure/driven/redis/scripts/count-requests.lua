--[[
  count-requests: counts requests in fixed windows. A window starts with the first request of its key.

  KEYS one counter per request, at most about 500; a key may occur several times
  ARGV[1] length of the window in seconds

  Result: for each key in order, the count including this request, then the milliseconds until the window ends
--]]
local result = {}
for index, key in ipairs(KEYS) do
  redis.call('SET', key, 0, 'EX', ARGV[1], 'NX')
  result[2 * index - 1] = redis.call('INCR', key)
  result[2 * index] = redis.call('PTTL', key)
end
return result
