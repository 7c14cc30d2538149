#!/usr/bin/env bash
# How the service holds up as its database grows: makes databases of 100,000, 1,000,000 and 10,000,000 keys (or of the sizes given),
# and measures saves and reads of uniformly random ones over REST on each. Needs wrk, and some 3 GB in the temporary folder.
# Usage: sizes.sh [KEYS…]
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v wrk >/dev/null || { echo "wrk is not installed: apt-get install wrk" >&2; exit 1; }
sizes=("$@"); [ $# -gt 0 ] || sizes=(100000 1000000 10000000)

here=tests/ForeignGrpc.Benchmarks
dotnet build -c Release src/ForeignGrpc.Server -v quiet -nologo >&2
dotnet build -c Release "$here" -v quiet -nologo >&2
work=$(mktemp -d)
server_pid=
trap '[ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null; rm -rf "$work"' EXIT
url=http://127.0.0.1:7151
load() { # put|get keys seconds
  local result
  result=$(CALL=$1 KEYS=$2 wrk --timeout 30s -t2 -c32 -d"$3s" -s "$here/random.lua" "$url" | sed -n 's/^RESULT //p')
  [ "${result##* }" = 0 ] || { echo "$1 of $2 keys had errors: $result" >&2; exit 1; }
  echo "$result"
}

echo "| keys | bytes a key | PUT/s | p50 ms | p99 ms | of the first | GET/s | p50 ms | p99 ms | of the first |"
echo "|---|---|---|---|---|---|---|---|---|---|"
first_put= first_get=
for keys in "${sizes[@]}"; do
  file=$work/$keys.db
  "$here/bin/Release/net10.0/ForeignGrpc.Benchmarks" fill "$file" "$keys" >&2
  bytes=$(($(stat -c %s "$file") / keys))
  (cd "$work" && ASPNETCORE_ENVIRONMENT=Development ConnectionStrings__ForeignSystem="Data Source=$file" Kestrel__Endpoints__Rest__Url=$url \
    Kestrel__Endpoints__Grpc__Url=http://127.0.0.1:7152 exec "$OLDPWD/src/ForeignGrpc.Server/bin/Release/net10.0/ForeignGrpc.Server" >"$work/log" 2>&1) &
  server_pid=$!
  for _ in $(seq 100); do (exec 3<>/dev/tcp/127.0.0.1/7151) 2>/dev/null && break; sleep 0.1; done
  load get "$keys" 8 >/dev/null; load put "$keys" 8 >/dev/null
  read -r put put50 put99 _ <<<"$(load put "$keys" 15)"
  load get "$keys" 3 >/dev/null
  read -r get get50 get99 _ <<<"$(load get "$keys" 10)"
  : "${first_put:=$put}" "${first_get:=$get}"
  echo "| $keys | $bytes | $put | $put50 | $put99 | $(awk "BEGIN { printf \"%.2f\", $put / $first_put }") | $get | $get50 | $get99 | $(awk "BEGIN { printf \"%.2f\", $get / $first_get }") |"
  kill "$server_pid"; wait "$server_pid" || true
  server_pid=
  rm -f "$file"*
done
