--[[
  advance-partition: moves the record of a partition forward, never back.

  KEYS[1] record
  ARGV[1] checkpoint   ARGV[2] fingerprint   ARGV[3] owner   ARGV[4] written at (milliseconds since 1970)
  ARGV[5] checkpoint that the record has so far, or 'whole': the concerts given are all there are, the record is replaced or begun
  ARGV[6] what the owner vouches for (JSON)
  ARGV[7] ... concertId and last folded offset, then names of dead letters and their stamps, each in turn

  Returns 'applied' | 'ahead' (the stored checkpoint is beyond) | 'lost' (the record is missing, or an older one than was written)
--]]
local record, whole = KEYS[1], ARGV[5] == 'whole'
local checkpoint = redis.call('HGET', record, '@checkpoint')
if checkpoint and tonumber(checkpoint) > tonumber(ARGV[1]) then return 'ahead' end
if not whole and checkpoint ~= ARGV[5] and checkpoint ~= ARGV[1] then return 'lost' end

if whole then redis.call('DEL', record) end
redis.call('HSET', record, '@checkpoint', ARGV[1], '@fingerprint', ARGV[2], '@owner', ARGV[3], '@writtenAt', ARGV[4],
  '@visibility', ARGV[6])
for from = 7, #ARGV, 2000 do
  redis.call('HSET', record, unpack(ARGV, from, math.min(from + 1999, #ARGV)))
end
return 'applied'
