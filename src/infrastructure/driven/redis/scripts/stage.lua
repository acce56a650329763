--[[
  stage: adds changes to a generation that is not current yet. Whatever is never completed vanishes by itself.

  KEYS[1] head   KEYS[2] entries   KEYS[3] waiting   KEYS[4] disqualified   KEYS[5] staged: of the generation staged
  ARGV[1] generation
  ARGV[2] number of the last call known to be stored   ARGV[3] number of this call
  ARGV[4] ... the changes, as `apply` reads them

  Returns 'staged' | 'current' (it was activated meanwhile: a call that came late) | 'lost' (an earlier call is no longer stored)
  | 'late' (a later one already is). All but the first change nothing.
--]]
local head, entries, waiting, disqualified, staged = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
if redis.call('HGET', head, 'generation') == ARGV[1] then return 'current' end
local calls = tonumber(redis.call('GET', staged) or '0')
if calls < tonumber(ARGV[2]) then return 'lost' end
if calls >= tonumber(ARGV[3]) then return 'late' end

redis.call('SET', staged, ARGV[3])
apply(entries, waiting, disqualified, 4)
expireStaged(entries, waiting, disqualified, staged)
return 'staged'
