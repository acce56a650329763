--[[
  check-head: compares the stored view of a concert with the head that its writer expects.

  KEYS[1] head
  KEYS[2] entries, KEYS[3] waiting, KEYS[4] disqualified: of the expected generation
  ARGV[1] generation, ARGV[2] fold version, ARGV[3] offset of the expected head

  Result:
    'whole'    the head is as expected and its collections match its counts
    'moved'    there is another head, or none
    'damaged'  the collections do not match the counts
--]]
local generation, fold, offset, counts = unpack(redis.call('HMGET', KEYS[1], 'generation', 'fold', 'offset', 'counts'))
if not offset then expireStaged(KEYS[2], KEYS[3], KEYS[4]) end
if generation ~= ARGV[1] or fold ~= ARGV[2] or offset ~= ARGV[3] then return 'moved' end
return counts == count(KEYS[2], KEYS[3], KEYS[4]) and 'whole' or 'damaged'
