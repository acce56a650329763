--[[
  generation: what the other scripts know of a generation's three collections. Not run by itself: put before them on loading.
--]]

--- How many entries, waiting and disqualified users are stored, as the head's field `counts` says it.
local function count(entries, waiting, disqualified)
  return redis.call('HLEN', entries) .. ':' .. redis.call('ZCARD', waiting) .. ':' .. redis.call('SCARD', disqualified)
end

--- Lets collections that no head names vanish by themselves within an hour, or (after a stage) later.
local function expireStaged(...)
  for _, key in ipairs({...}) do redis.call('EXPIRE', key, 3600) end
end

--[[
  Applies the changes that stand in ARGV from index `at`:
    l, then l pairs of userId and encoded entry to put      f, then f userIds to purge
    w, then w pairs of place and userId to let wait        d, then d userIds that wait no longer
    b, then b userIds to disqualify                               u, then u userIds disqualified no longer
--]]
local function apply(entries, waiting, disqualified, at)
  -- Hands the next n * width arguments to a command, in slices that stay below Lua's limit on unpack.
  local function each(width, command, key)
    local last = at + tonumber(ARGV[at]) * width
    for from = at + 1, last, 1000 * width do
      redis.call(command, key, unpack(ARGV, from, math.min(from + 1000 * width - 1, last)))
    end
    at = last + 1
  end
  each(2, 'HSET', entries)
  each(1, 'HDEL', entries)
  each(2, 'ZADD', waiting)
  each(1, 'ZREM', waiting)
  each(1, 'SADD', disqualified)
  each(1, 'SREM', disqualified)
end
