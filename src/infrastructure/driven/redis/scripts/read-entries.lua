--[[
  read-entries: one consistent look at the places of some users.

  KEYS[1] head   KEYS[2] entries   KEYS[3] waiting   KEYS[4] disqualified: of the generation that the reader believes current
  ARGV[1] that generation   ARGV[2] ... userIds, at most about 1,000

  Returns {'entries', fold, offset, attributes, then for each user: encoded entry or nil, 1 if disqualified else 0, rank among the waiting or nil}
  | {'missing'} | {'other', the current generation} | {'damaged'} (the collections are not what the head counts)
--]]
local head, entries, waiting, disqualified = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local stored = redis.call('HMGET', head, 'generation', 'fold', 'offset', 'counts', 'attributes')
if not stored[3] then return {'missing'} end
if stored[1] ~= ARGV[1] then return {'other', stored[1]} end
if stored[4] ~= count(entries, waiting, disqualified) then return {'damaged'} end
local answer = {'entries', stored[2], stored[3], stored[5]}
for at = 2, #ARGV do
  local last = #answer
  answer[last + 1] = redis.call('HGET', entries, ARGV[at])
  answer[last + 2] = redis.call('SISMEMBER', disqualified, ARGV[at])
  answer[last + 3] = redis.call('ZRANK', waiting, ARGV[at])
end
return answer
