--[[
  generation: functions for the three collections of a generation. Not a script: prepended to every script when it is loaded.
--]]

--- The number of stored entries, waiting users and disqualified users, in the format of the head's field `counts`.
local function count(entries, waiting, disqualified)
  return redis.call('HLEN', entries) .. ':' .. redis.call('ZCARD', waiting) .. ':' .. redis.call('SCARD', disqualified)
end

--- Lets collections without a head expire after an hour; each stage call starts the hour again.
local function expireStaged(...)
  for _, key in ipairs({...}) do redis.call('EXPIRE', key, 3600) end
end

--[[
  Applies changes from ARGV, starting at `index`. Each of the six lists is preceded by its length:
    pairs of userId and encoded entry to store     userIds of entries to purge
    pairs of place and userId to add to waiting    userIds to remove from waiting
    userIds to disqualify                          userIds to reinstate
--]]
local function apply(entries, waiting, disqualified, index)
  -- Passes the next list to a command, in slices below Lua's limit on unpack. `width`: arguments per item.
  local function each(width, command, key)
    local last = index + tonumber(ARGV[index]) * width
    for from = index + 1, last, 1000 * width do
      redis.call(command, key, unpack(ARGV, from, math.min(from + 1000 * width - 1, last)))
    end
    index = last + 1
  end
  each(2, 'HSET', entries)
  each(1, 'HDEL', entries)
  each(2, 'ZADD', waiting)
  each(1, 'ZREM', waiting)
  each(1, 'SADD', disqualified)
  each(1, 'SREM', disqualified)
end
