--[[
  activate-generation: makes a staged generation current if the head is still the expected one and all staged data is present.

  KEYS[1] head
  KEYS[2] entries, KEYS[3] waiting, KEYS[4] disqualified, KEYS[5] staged: of the staged generation
  KEYS[6] entries, KEYS[7] waiting, KEYS[8] disqualified: of the expected generation
  ARGV[1] generation, ARGV[2] fold version, ARGV[3] offset of the expected head; three empty strings: no head is expected
  ARGV[4] generation, ARGV[5] fold version, ARGV[6] offset, ARGV[7] counts, ARGV[8] attributes, ARGV[9] notice (may be empty) of the new head
  ARGV[10] sequence number of the last acknowledged stage call
  ARGV[11] ... the last changes, in the format of `apply`

  Result:
    {'activated'}   the generation is current, now or since an earlier call
    {'incomplete'}  staged data was lost; the rest of it was removed
    {'changed', generation, fold version, offset}  the head found instead; {'changed'} if there is none
--]]
local head, entries, waiting, disqualified, staged = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local generation, fold, offset = unpack(redis.call('HMGET', head, 'generation', 'fold', 'offset'))
if generation == ARGV[4] and fold == ARGV[5] and offset == ARGV[6] then return {'activated'} end
local isExpected = (generation or '') == ARGV[1] and (fold or '') == ARGV[2] and (offset or '') == ARGV[3]
if not isExpected or generation == ARGV[4] then
  return offset and {'changed', generation, fold, offset} or {'changed'}
end

local isComplete = tonumber(redis.call('GET', staged) or '0') >= tonumber(ARGV[10])
if isComplete then
  apply(entries, waiting, disqualified, 11)
  isComplete = count(entries, waiting, disqualified) == ARGV[7]
end
if not isComplete then
  redis.call('UNLINK', entries, waiting, disqualified, staged)
  return {'incomplete'}
end
redis.call('HSET', head, 'generation', ARGV[4], 'fold', ARGV[5], 'offset', ARGV[6], 'counts', ARGV[7],
  'attributes', ARGV[8], 'notice', ARGV[9])
for _, key in ipairs({entries, waiting, disqualified}) do redis.call('PERSIST', key) end
redis.call('UNLINK', staged, KEYS[6], KEYS[7], KEYS[8])
return {'activated'}
