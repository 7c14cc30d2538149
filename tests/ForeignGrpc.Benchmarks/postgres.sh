#!/usr/bin/env bash
# Saves on PostgreSQL, in one run, with fsync on, everything on this machine: this server (PUT over HTTP), its store by itself, and beside them one
# INSERT … ON CONFLICT and a commit for each save through Npgsql, prepared, a connection for each caller, on the same table, and on one
# that has no index but the key's and refers to nothing. Rounds go through all of
# them in turn; the table has the medians. Starts a PostgreSQL server of its own. Needs wrk and PostgreSQL (Debian's packages wrk, postgresql).
# Usage: postgres.sh [short]    short takes about two minutes, the full run about six.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v wrk >/dev/null || { echo "wrk is not installed: apt-get install wrk" >&2; exit 1; }
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "PostgreSQL is not installed: apt-get install postgresql" >&2; exit 1; }
if [ "${1:-}" = short ]; then rounds=3 seconds=3 warm=3; else rounds=7 seconds=5 warm=8; fi

here=tests/ForeignGrpc.Benchmarks
dotnet build -c Release src/ForeignGrpc.Server -v quiet -nologo >&2
dotnet build -c Release "$here" -v quiet -nologo >&2
work=$(mktemp -d)
pids=()
trap 'kill -INT "${pids[@]}" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT

# PostgreSQL refuses to run as root.
user=()
if [ "$(id -u)" = 0 ]; then chown postgres "$work"; user=(setpriv --reuid=postgres --regid=postgres --clear-groups); fi
"${user[@]}" "$bin/initdb" -D "$work/data" -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 >/dev/null
"${user[@]}" "$bin/postgres" -D "$work/data" -p 7200 -k "$work" -c max_connections=300 >"$work/postgres.log" 2>&1 & pids+=($!)
until "$bin/pg_isready" -q -h 127.0.0.1 -p 7200; do sleep 0.1; done
"$bin/createdb" -h 127.0.0.1 -p 7200 -U postgres keys
database='Host=127.0.0.1;Port=7200;Username=postgres;Database=keys;Maximum Pool Size=300'

mkdir "$work/server"
(
  cd "$work/server"
  ASPNETCORE_ENVIRONMENT=Development Kestrel__Endpoints__Rest__Url=http://127.0.0.1:7101 Kestrel__Endpoints__Grpc__Url=http://127.0.0.1:7102 \
    Storage__Provider=Postgres ConnectionStrings__ForeignSystem="$database" exec "$OLDPWD/src/ForeignGrpc.Server/bin/Release/net10.0/ForeignGrpc.Server" >log 2>&1
) & pids+=($!)
until curl -sf -o /dev/null http://127.0.0.1:7101/health/ready; do sleep 0.1; done

bench="$here/bin/Release/net10.0/ForeignGrpc.Benchmarks"
measure() { # kind callers seconds: prints "rate p50 p99"
  case $1 in
    put) wrk --timeout 30s -t2 -c"$2" -d"$3s" -s "$here/put.lua" http://127.0.0.1:7101 | sed -n 's/^RESULT //p' ;;
    *) "$bench" postgres "$1" "$database" "$2" "$3" ;;
  esac | awk -v what="$*" 'NF > 4 && $5 > 0 { print what " had errors: " $0 > "/dev/stderr"; exit 1 } { print $1, $2, $3 }'
}

cases=("insert 32" "bare 32" "store 32" "put 32" "insert 128" "bare 128" "store 128" "put 128")
for c in "${cases[@]}"; do measure $c "$warm" >/dev/null; done
for round in $(seq "$rounds"); do
  for i in "${!cases[@]}"; do measure ${cases[$i]} "$seconds" >>"$work/case.$i"; echo "round $round: ${cases[$i]}" >&2; done
done

median() { cut -d' ' -f"$2" "$work/case.$1" | sort -n | sed -n "$(((rounds + 1) / 2))p"; }
label() {
  case $1 in
    insert) echo "INSERT … ON CONFLICT and a commit each, Npgsql" ;; bare) echo "the same, no index of values, no device to belong to" ;;
    store) echo "this server's store, in process" ;; put) echo "this server, PUT over HTTP" ;;
  esac
}
echo "$("$bin/postgres" --version), $(nproc) cores shared by client, server and PostgreSQL, fsync on, medians of $rounds rounds of $seconds s; distinct records."
echo
echo "| saves by | callers | saves/s | p50 ms | p99 ms | of the single INSERT |"
echo "|---|---|---|---|---|---|"
for i in "${!cases[@]}"; do
  read -r kind callers <<<"${cases[$i]}"
  base=$(median $((i - i % 4)) 1)
  echo "| $(label "$kind") | $callers | $(median "$i" 1) | $(median "$i" 2) | $(median "$i" 3) | $(awk -v a="$(median "$i" 1)" -v b="$base" 'BEGIN { printf "%.1f", a / b }') |"
done
