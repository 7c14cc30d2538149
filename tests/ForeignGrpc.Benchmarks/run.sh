#!/usr/bin/env bash
# Builds, starts and measures, on loopback, in one run: this server; the same over a store that keeps nothing (the ceiling); bare echoes
# of the transcoder and of gRPC; and two peers, a minimal API with EF Core and one with Dapper, each in its idiomatic form with WAL and
# synchronous=FULL; and SQLite's own lone commits. Rounds go through all of them in turn; the table has the medians. Also how soon the
# server is ready on an empty database, and what it takes when idle. Needs wrk (Debian's package).
# Usage: run.sh [short]    short takes about three minutes, the full run about eleven.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v wrk >/dev/null || { echo "wrk is not installed: apt-get install wrk" >&2; exit 1; }
if [ "${1:-}" = short ]; then rounds=3 seconds=2 warm=3; else rounds=7 seconds=5 warm=10; fi

here=tests/ForeignGrpc.Benchmarks
dotnet build -c Release src/ForeignGrpc.Server -v quiet -nologo >&2
dotnet build -c Release "$here" -v quiet -nologo >&2
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT

bench="$PWD/$here/bin/Release/net10.0/ForeignGrpc.Benchmarks"
server="$PWD/src/ForeignGrpc.Server/bin/Release/net10.0/ForeignGrpc.Server"
declare -A pid port grpc
port=([server]=7101 [ceiling]=7111 [echo]=7121 [ef]=7131 [dapper]=7141)
grpc=([server]=7102 [ceiling]=7112 [echo]=7122)
start() { # name command…
  local name=$1; shift
  mkdir -p "$work/$name"
  (cd "$work/$name" && exec "$@" >log 2>&1) & pid[$name]=$!; pids+=($!)
}
url() { echo "http://127.0.0.1:$1"; }
export ASPNETCORE_ENVIRONMENT=Development
for try in 1 2 3 4 5; do
  began=$(date +%s%N)
  ASPNETCORE_ENVIRONMENT=Production Kestrel__Endpoints__Rest__Url=$(url 7161) Kestrel__Endpoints__Grpc__Url=$(url 7162) start "empty$try" "$server"
  until curl -sf -o /dev/null "$(url 7161)/health/ready"; do sleep 0.01; done
  echo $((($(date +%s%N) - began) / 1000000)) >>"$work/ready"
  [ "$try" -lt 5 ] || { sleep 3; idle=$(awk '/VmRSS/ {printf "%.0f MB", $2 / 1024}' "/proc/${pid[empty5]}/status"); }
  kill "${pid[empty$try]}"; wait "${pid[empty$try]}" || true
done
Kestrel__Endpoints__Rest__Url=$(url 7101) Kestrel__Endpoints__Grpc__Url=$(url 7102) start server "$server"
start ceiling "$bench" ceiling "$(url 7111)" "$(url 7112)"
start echo "$bench" echo "$(url 7121)" "$(url 7122)"
start ef "$bench" ef "$(url 7131)" "$work/ef/keys.db"
start dapper "$bench" dapper "$(url 7141)" "$work/dapper/keys.db"
for name in "${!port[@]}"; do
  for _ in $(seq 100); do (exec 3<>"/dev/tcp/127.0.0.1/${port[$name]}") 2>/dev/null && break; sleep 0.1; done
done
save='{"Key":"k","Value":"v","RecordId":5,"TableName":"contact"}'
curl -sf -u tje0:Tje0 -X PUT "$(url 7101)/api/v1/ForeignApp/erp/dev/id1/Key" -H 'Content-Type: application/json' -d "$save" >/dev/null

cpu() { awk '{print ($14 + $15) * 10000}' "/proc/${pid[$1]}/stat"; } # in microseconds, of ticks of 10 ms
get_path=/api/v1/ForeignApp/erp/dev/Key/k/contact/5
measure() { # name kind connections seconds: prints "rate p50 p99 cpu"
  local name=$1 kind=$2 connections=$3 time=$4 before result
  [ "$kind" != commit ] || { echo "$("$bench" commit "$work/commit.db" "$time" | cut -d' ' -f1-3) –"; return; }
  before=$(cpu "$name")
  case $kind in
    put) result=$(wrk --timeout 30s -t"$((connections < 2 ? 1 : 2))" -c"$connections" -d"${time}s" -s "$here/put.lua" "$(url "${port[$name]}")" | sed -n 's/^RESULT //p') ;;
    get) result=$(wrk --timeout 30s -t2 -c"$connections" -d"${time}s" -s "$here/get.lua" "$(url "${port[$name]}")$get_path" | sed -n 's/^RESULT //p') ;;
    *) result="$("$bench" load "${kind#grpc-}" "$(url "${grpc[$name]}")" "$time") 0" ;;
  esac
  awk -v what="$name $kind" -v r="$result" -v cpu="$(($(cpu "$name") - before))" 'BEGIN {
    split(r, f, " "); if (f[5] > 0) { print what " had errors: " r > "/dev/stderr"; exit 1 }
    printf "%s %s %s %.0f\n", f[1], f[2], f[3], cpu / f[4] }'
}

cases=(
  "server put 32" "ceiling put 32" "echo put 32" "ef put 32" "dapper put 32"
  "server put 1" "sqlite commit 1"
  "server get 32" "ceiling get 32" "echo get 32"
  "server grpc-save 256" "ceiling grpc-save 256" "echo echo-save 256"
  "server grpc-get 256" "echo echo-get 256"
)
for c in "${cases[@]}"; do measure $c "$warm" >/dev/null; done
for round in $(seq "$rounds"); do
  for i in "${!cases[@]}"; do measure ${cases[$i]} "$seconds" >>"$work/case.$i"; echo "round $round: ${cases[$i]}" >&2; done
done

median() { cut -d' ' -f"$2" "$work/case.$1" | sort -n | sed -n "$(((rounds + 1) / 2))p"; }
of() { for i in "${!cases[@]}"; do [ "${cases[$i]}" = "$1" ] && median "$i" "${2:-1}" && return; done; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a / b }'; }
label() {
  case $1 in
    server) echo "this server" ;; ceiling) echo "this server, a store that keeps nothing" ;; ef) echo "minimal API, EF Core" ;;
    dapper) echo "minimal API, Dapper" ;; echo) echo "bare echo" ;; sqlite) echo "SQLite alone, an insert and a commit" ;;
  esac
}
title() {
  case $1 in
    put) echo "REST PUT of a key" ;; commit) echo "durable commit" ;; get) echo "REST GET of a key" ;; grpc-save | echo-save) echo "gRPC SaveForeignKey" ;; *) echo "gRPC GetKey" ;;
  esac
}
echo "$(nproc) cores shared by client and server, wrk and a gRPC client on loopback, medians of $rounds rounds of $seconds s; writes with synchronous=FULL, distinct records."
echo
echo "| call | server | callers | req/s | p50 ms | p99 ms | server CPU µs/req | of the echo |"
echo "|---|---|---|---|---|---|---|---|"
for i in "${!cases[@]}"; do
  read -r name kind connections <<<"${cases[$i]}"
  case $kind in put | commit) base=$(of "echo put 32") ;; get) base=$(of "echo get 32") ;; grpc-save | echo-save) base=$(of "echo echo-save 256") ;; *) base=$(of "echo echo-get 256") ;; esac
  echo "| $(title "$kind") | $(label "$name") | $connections | $(median "$i" 1) | $(median "$i" 2) | $(median "$i" 3) | $(median "$i" 4) | $(ratio "$(median "$i" 1)" "$base") |"
done
echo
echo "PUT is $(ratio "$(of 'server put 32')" "$(of 'ef put 32')") × EF Core and $(ratio "$(of 'server put 32')" "$(of 'dapper put 32')") × Dapper in req/s; its p99 is $(ratio "$(of 'server put 32' 3)" "$(of 'ef put 32' 3)") of EF Core's; it is $(ratio "$(of 'server put 32')" "$(of 'ceiling put 32')") of the ceiling; its CPU is $(ratio "$(of 'server put 32' 4)" "$(of 'echo put 32' 4)") × the echo's."
echo "Alone, a PUT takes $(ratio "$(of 'server put 1' 2)" "$(of 'sqlite commit 1' 2)") × a commit of SQLite's own (p50)."
echo "Ready on an empty database after $(sort -n "$work/ready" | sed -n 3p) ms (median of 5 starts), $idle when idle."
echo "Peak memory of this server: $(awk '/VmHWM/ {printf "%.0f MB", $2 / 1024}' "/proc/${pid[server]}/status")."
