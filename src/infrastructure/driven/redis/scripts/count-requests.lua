--[[
  count-requests: counts one request under each name, in windows that begin with the first.

  KEYS the names, at most some hundreds, a name as often as it is asked for
  ARGV[1] seconds of a window

  Returns for each: the count with this request, the milliseconds until the window ends
--]]
local answer = {}
for at, key in ipairs(KEYS) do
  redis.call('SET', key, 0, 'EX', ARGV[1], 'NX')
  answer[2 * at - 1] = redis.call('INCR', key)
  answer[2 * at] = redis.call('PTTL', key)
end
return answer
