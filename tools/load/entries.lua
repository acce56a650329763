-- wrk script: requests for entry, each by another user, for the concerts in turn.
-- Arguments after "--": prefix of the users, prefix of the concerts, number of concerts, share of all requests for the first.
-- Prints a LoadResult as one line of JSON.
local user, heads, count, turn = "", {}, 0, 0

function init(args)
  user = args[1]
  local length = #('{"userId":""}') + #user + 9
  for i = 0, tonumber(args[3]) - 1 do
    heads[i] = "POST /v1/concerts/" .. args[2] .. i .. "/queue/entries HTTP/1.1\r\nHost: 127.0.0.1\r\n"
      .. "Content-Type: application/json\r\nContent-Length: " .. length .. "\r\n\r\n"
  end
  concerts = tonumber(args[3])
  hot = tonumber(args[4])
end

function request()
  count = count + 1
  local head = heads[0]
  if math.floor(count * hot) == math.floor((count - 1) * hot) then
    head = heads[turn % concerts]
    turn = turn + 1
  end
  return head .. string.format('{"userId":"%s%09d"}', user, count)
end

function done(summary, latency)
  local e = summary.errors
  local function at(share) return latency:percentile(share) / 1e3 end
  io.write(string.format('\n{"responses":%d,"unexpected":%d,"failed":%d,"seconds":%.3f,"p50":%.3f,"p95":%.3f,"p99":%.3f,"p999":%.3f,'
    .. '"max":%.3f,"statuses":{},"retryAfter":0,"generatorMicros":0}\n',
    summary.requests, e.status, e.connect + e.read + e.write + e.timeout, summary.duration / 1e6,
    at(50), at(95), at(99), at(99.9), latency.max / 1e3))
end
