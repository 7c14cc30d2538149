-- Saves of distinct records, in the documented form, with the credential of the sample.
local thread_count = 0
function setup(thread)
  thread:set("base", thread_count * 100000000 + os.time() % 100000 * 1000)
  thread_count = thread_count + 1
end

local n = 0
wrk.method = "PUT"
wrk.headers["Authorization"] = "Basic dGplMDpUamUw"
wrk.headers["Content-Type"] = "application/json"
function request()
  n = n + 1
  return wrk.format(nil, "/api/v1/ForeignApp/erp/dev/id1/Key", nil,
    '{"Key":"k","Value":"v' .. n .. '","RecordId":' .. (base + n) .. ',"TableName":"contact"}')
end

local function us(latency, p) return string.format("%.2f", latency:percentile(p) / 1000) end
function done(summary, latency)
  print(string.format("RESULT %.0f %s %s %d %d", summary.requests / summary.duration * 1e6, us(latency, 50), us(latency, 99),
    summary.requests, summary.errors.status + summary.errors.timeout))
end
