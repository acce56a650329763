--[[
  read-entry: one consistent look at a user's place.

  KEYS[1] head   KEYS[2] lives   KEYS[3] waiting   KEYS[4] barred: of the generation that the reader believes current
  ARGV[1] that generation   ARGV[2] userId

  Returns {'entry', fold, offset, scalars, encoded life or nil, 1 if barred else 0, rank among the waiting or nil}
  | {'missing'} | {'other', the current generation} | {'damaged'} (the collections are not what the head counts)
--]]
local head, lives, waiting, barred = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local stored = redis.call('HMGET', head, 'generation', 'fold', 'offset', 'counts', 'scalars')
if not stored[3] then return {'missing'} end
if stored[1] ~= ARGV[1] then return {'other', stored[1]} end
if stored[4] ~= count(lives, waiting, barred) then return {'damaged'} end
return {
  'entry', stored[2], stored[3], stored[5],
  redis.call('HGET', lives, ARGV[2]), redis.call('SISMEMBER', barred, ARGV[2]), redis.call('ZRANK', waiting, ARGV[2]),
}
