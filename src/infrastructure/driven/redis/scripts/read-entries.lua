--[[
  read-entries: reads the entries and ranks of some users at one offset.

  KEYS[1] head
  KEYS[2] entries, KEYS[3] waiting, KEYS[4] disqualified: of the generation in ARGV[1]
  ARGV[1] generation that the reader expects to be current
  ARGV[2] ... userIds, at most about 1,000

  Result:
    {'entries', fold version, offset, attributes, then for each user: encoded entry or nil, 1 if disqualified else 0,
     rank among the waiting users or nil}
    {'missing'}            there is no head
    {'other', generation}  another generation is current
    {'damaged'}            the collections do not match the counts of the head
--]]
local head, entries, waiting, disqualified = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local stored = redis.call('HMGET', head, 'generation', 'fold', 'offset', 'counts', 'attributes')
if not stored[3] then return {'missing'} end
if stored[1] ~= ARGV[1] then return {'other', stored[1]} end
if stored[4] ~= count(entries, waiting, disqualified) then return {'damaged'} end
local result = {'entries', stored[2], stored[3], stored[5]}
for index = 2, #ARGV do
  local last = #result
  result[last + 1] = redis.call('HGET', entries, ARGV[index])
  result[last + 2] = redis.call('SISMEMBER', disqualified, ARGV[index])
  result[last + 3] = redis.call('ZRANK', waiting, ARGV[index])
end
return result
