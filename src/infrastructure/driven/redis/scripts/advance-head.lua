--[[
  advance-head: moves the view of one concert from one offset to a later one (compare-and-set on the head).

  KEYS[1] head
  KEYS[2] entries, KEYS[3] waiting, KEYS[4] disqualified: of the generation in ARGV[1]
  ARGV[1] generation, ARGV[2] fold version: those the writer expects
  ARGV[3] offset before, ARGV[4] offset after
  ARGV[5] counts, ARGV[6] attributes after the changes, ARGV[7] the notice if it has changed, else empty
  ARGV[8] ... the changes, in the format of `apply`

  Result:
    {'applied'}  the changes were written
    {'already'}  the head is at the offset after: an earlier call was applied
    {'ahead', generation, fold version, offset}   the head is beyond the offset before
    {'behind', generation, fold version, offset}  the head is below it, or its collections do not match its counts;
                                                  {'behind'} if there is no head. A full rewrite is required.
    {'other', generation, fold version, offset}   another generation or fold version is current
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

apply(entries, waiting, disqualified, 8)
redis.call('HSET', head, 'offset', ARGV[4], 'counts', ARGV[5], 'attributes', ARGV[6])
if ARGV[7] ~= '' then redis.call('HSET', head, 'notice', ARGV[7]) end
return {'applied'}
