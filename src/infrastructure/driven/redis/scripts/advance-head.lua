--[[
  advance-head: moves the view of one concert from one offset to a later one, or says why not.

  KEYS[1] head   KEYS[2] entries   KEYS[3] waiting   KEYS[4] disqualified: of the generation that the writer believes current
  ARGV[1] generation   ARGV[2] fold version   ARGV[3] offset started from   ARGV[4] offset going to
  ARGV[5] counts and ARGV[6] attributes as they are there
  ARGV[7] ... the changes, as `apply` reads them

  Returns {'applied'} | {'already'} | {'ahead' | 'other', generation, fold, offset} | {'behind', the same, or nothing if missing}.
  Behind is also a head whose collections are not what it counts: something was lost, and only a whole state mends it.
--]]
local head, entries, waiting, disqualified = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local generation, fold, offset, counts = unpack(redis.call('HMGET', head, 'generation', 'fold', 'offset', 'counts'))
if not offset then
  expireStaged(entries, waiting, disqualified)
  return {'behind'}
end
if generation ~= ARGV[1] or fold ~= ARGV[2] then return {'other', generation, fold, offset} end
if offset == ARGV[4] then return {'already'} end
if tonumber(offset) > tonumber(ARGV[3]) then return {'ahead', generation, fold, offset} end
if offset ~= ARGV[3] or counts ~= count(entries, waiting, disqualified) then return {'behind', generation, fold, offset} end

apply(entries, waiting, disqualified, 7)
redis.call('HSET', head, 'offset', ARGV[4], 'counts', ARGV[5], 'attributes', ARGV[6])
return {'applied'}
