--[[
  advance-partition: stores the checkpoint of a partition; never moves it back.

  KEYS[1] checkpoint
  ARGV[1] offset, ARGV[2] fingerprint, ARGV[3] owner, ARGV[4] time of writing (milliseconds since 1970)
  ARGV[5] offset that the stored checkpoint must have, or 'whole' to replace it: then the fields given are all there are
  ARGV[6] visibility watermark of the owner (JSON)
  ARGV[7] ... pairs of field and value: concertId and last folded offset, then dead letters and their timestamps

  Result:
    'applied'  the checkpoint was stored
    'ahead'    the stored offset is beyond ARGV[1]
    'lost'     the checkpoint is missing, or has another offset than ARGV[5]: write it as 'whole'
--]]
local checkpoint, isWhole = KEYS[1], ARGV[5] == 'whole'
local offset = redis.call('HGET', checkpoint, '@checkpoint')
if offset and tonumber(offset) > tonumber(ARGV[1]) then return 'ahead' end
if not isWhole and offset ~= ARGV[5] and offset ~= ARGV[1] then return 'lost' end

if isWhole then redis.call('DEL', checkpoint) end
redis.call('HSET', checkpoint, '@checkpoint', ARGV[1], '@fingerprint', ARGV[2], '@owner', ARGV[3], '@writtenAt', ARGV[4],
  '@visibility', ARGV[6])
for from = 7, #ARGV, 2000 do
  redis.call('HSET', checkpoint, unpack(ARGV, from, math.min(from + 1999, #ARGV)))
end
return 'applied'
