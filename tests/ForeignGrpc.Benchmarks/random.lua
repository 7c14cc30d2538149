-- Saves or reads (environment: CALL is put or get) of keys on uniformly random records below KEYS; a saved value is new each time.
dofile("tests/ForeignGrpc.Benchmarks/common.lua")
local keys, put = tonumber(os.getenv("KEYS")), os.getenv("CALL") == "put"
local thread_count = 0
function setup(thread)
  thread:set("seed", os.time() + thread_count * 7919)
  thread_count = thread_count + 1
end

local n = 0
if put then
  wrk.method = "PUT"
  wrk.headers["Content-Type"] = "application/json"
end
function init() math.randomseed(seed) end
function request()
  local record = math.random(0, keys - 1)
  if not put then return wrk.format(nil, "/api/v1/ForeignApp/erp/dev/id1/Key/k/contact/" .. record) end
  n = n + 1
  return wrk.format(nil, "/api/v1/ForeignApp/erp/dev/id1/Key", nil,
    '{"Key":"k","Value":"w' .. seed % 100000 .. n .. '","RecordId":' .. record .. ',"TableName":"contact"}')
end
