-- Saves of distinct records, in the documented form.
dofile("tests/ForeignGrpc.Benchmarks/common.lua")
local thread_count = 0
function setup(thread)
  thread:set("base", thread_count * 100000000 + os.time() % 100000 * 1000)
  thread_count = thread_count + 1
end

local n = 0
wrk.method = "PUT"
wrk.headers["Content-Type"] = "application/json"
function request()
  n = n + 1
  return wrk.format(nil, "/api/v1/ForeignApp/erp/dev/id1/Key", nil,
    '{"Key":"k","Value":"v' .. n .. '","RecordId":' .. (base + n) .. ',"TableName":"contact"}')
end
