--[[
  stage: adds changes to a generation that is not current yet. A generation that is never activated expires.

  KEYS[1] head
  KEYS[2] entries, KEYS[3] waiting, KEYS[4] disqualified, KEYS[5] staged: of the generation in ARGV[1]
  ARGV[1] generation
  ARGV[2] sequence number of the last acknowledged call, ARGV[3] sequence number of this call
  ARGV[4] ... the changes, in the format of `apply`

  Result; only 'staged' changes data:
    'staged'   the changes were stored
    'current'  the generation was activated before this call arrived
    'lost'     an acknowledged call is no longer stored
    'late'     a later call is already stored
--]]
local head, entries, waiting, disqualified, staged = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
if redis.call('HGET', head, 'generation') == ARGV[1] then return 'current' end
local sequence = tonumber(redis.call('GET', staged) or '0')
if sequence < tonumber(ARGV[2]) then return 'lost' end
if sequence >= tonumber(ARGV[3]) then return 'late' end

redis.call('SET', staged, ARGV[3])
apply(entries, waiting, disqualified, 4)
expireStaged(entries, waiting, disqualified, staged)
return 'staged'
