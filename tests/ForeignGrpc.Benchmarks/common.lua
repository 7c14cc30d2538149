-- What the loads have in common: the credential of the sample, and a line `RESULT req/s p50 p99 requests errors`, times in milliseconds.
wrk.headers["Authorization"] = "Basic dGplMDpUamUw"

local function us(latency, p) return string.format("%.2f", latency:percentile(p) / 1000) end
function done(summary, latency)
  print(string.format("RESULT %.0f %s %s %d %d", summary.requests / summary.duration * 1e6, us(latency, 50), us(latency, 99),
    summary.requests, summary.errors.status + summary.errors.timeout))
end
