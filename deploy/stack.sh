#!/bin/sh
# The studio spread over processes as it would be over machines, without containers: PostgreSQL, Redis, the web process, workers.
#
#   deploy/stack.sh start FOLDER    starts everything, its data in FOLDER, and prints the address
#   deploy/stack.sh stop FOLDER     stops it; started again, it goes on where it was
#   deploy/stack.sh status FOLDER   says what runs
#
# Needs redis-server and PostgreSQL's server programs (Debian: apt-get install redis-server postgresql) and an installed
# `impasto[studio]`. In the environment: PORT (8040), POSTGRES_PORT (8041), REDIS_PORT (8042), WORKERS (2), PYTHON (python3).
# Everything listens on 127.0.0.1 alone; passwords are made at the first start and kept in FOLDER/secrets.
set -eu

PORT=${PORT:-8040} POSTGRES_PORT=${POSTGRES_PORT:-8041} REDIS_PORT=${REDIS_PORT:-8042}
WORKERS=${WORKERS:-2} PYTHON=${PYTHON:-python3}

usage() { sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 2; }
fail() { echo "stack.sh: $*" >&2; exit 2; }

[ $# -eq 2 ] || usage
COMMAND=$1
mkdir -p "$2/run" "$2/logs"
FOLDER=$(cd "$2" && pwd)

# PostgreSQL refuses to run as root: then it runs as its own user.
as_postgres() {
    if [ "$(id -u)" -eq 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

find_postgres() {
    for folder in $(ls -d /usr/lib/postgresql/*/bin /usr/local/pgsql/bin 2>/dev/null | sort -rV) ""; do
        if [ -x "$folder/initdb" ]; then PG=$folder; return; fi
    done
    PG=$(dirname "$(command -v initdb || fail "PostgreSQL's server is not installed; get it with: apt-get install postgresql")")
}

secret() {  # secret NAME: made once
    if [ ! -s "$FOLDER/secrets/$1" ]; then
        (umask 077; mkdir -p "$FOLDER/secrets"; od -An -N24 -tx1 /dev/urandom | tr -d ' \n' > "$FOLDER/secrets/$1")
    fi
    cat "$FOLDER/secrets/$1"
}

alive() {  # alive NAME: a process that has ended and was not collected yet counts as ended
    [ -s "$FOLDER/run/$1.pid" ] || return 1
    case $(ps -o stat= -p "$(cat "$FOLDER/run/$1.pid")" 2>/dev/null) in "" | Z*) return 1 ;; esac
}

begin() {  # begin NAME COMMAND...: in the background, with a log and a pid
    name=$1; shift
    alive "$name" && return 0
    setsid "$@" >> "$FOLDER/logs/$name.log" 2>&1 < /dev/null &
    echo $! > "$FOLDER/run/$name.pid"
}

end() {  # end NAME: asks, waits, insists
    alive "$1" || { rm -f "$FOLDER/run/$1.pid"; return 0; }
    pid=$(cat "$FOLDER/run/$1.pid")
    kill "$pid" 2>/dev/null || true
    for _ in $(seq 300); do alive "$1" || break; sleep 0.1; done
    kill -9 "$pid" 2>/dev/null || true
    rm -f "$FOLDER/run/$1.pid"
}

wait_for() {  # wait_for WHAT COMMAND...
    what=$1; shift
    for _ in $(seq 600); do "$@" > /dev/null 2>&1 && return 0; sleep 0.2; done
    fail "$what does not answer; see $FOLDER/logs"
}

start_postgres() {
    find_postgres
    if [ ! -s "$FOLDER/postgres/PG_VERSION" ]; then
        mkdir -p "$FOLDER/postgres"
        if [ "$(id -u)" -eq 0 ]; then chown postgres "$FOLDER/postgres"; fi
        # The password goes through a file that postgres' user alone can read.
        # shellcheck disable=SC2016
        secret postgres | as_postgres sh -c '
            umask 077; file=$(mktemp); trap "rm -f $file" EXIT; cat > "$file"
            "$1/initdb" -D "$2" -U impasto -E UTF8 --locale=C --auth=scram-sha-256 --pwfile="$file"
            ' initdb "$PG" "$FOLDER/postgres" > "$FOLDER/logs/initdb.log" 2>&1 \
            || fail "initdb failed; see $FOLDER/logs/initdb.log (can the user postgres reach $FOLDER?)"
    fi
    touch "$FOLDER/logs/postgres.log"
    if [ "$(id -u)" -eq 0 ]; then chown postgres "$FOLDER/logs/postgres.log"; fi
    if ! as_postgres "$PG/pg_ctl" -D "$FOLDER/postgres" status > /dev/null 2>&1; then
        as_postgres "$PG/pg_ctl" -D "$FOLDER/postgres" -l "$FOLDER/logs/postgres.log" -w -t 120 \
            -o "-p $POSTGRES_PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=" start > /dev/null \
            || fail "PostgreSQL does not start; see $FOLDER/logs/postgres.log"
    fi
}

start() {
    command -v redis-server > /dev/null || fail "Redis is not installed; get it with: apt-get install redis-server"
    REDIS=$(secret redis) POSTGRES=$(secret postgres)
    start_postgres
    # No persistence: what a queue forgets is sent again from the database.
    printf 'bind 127.0.0.1\nport %s\nrequirepass %s\nsave ""\nappendonly no\ndir %s\n' "$REDIS_PORT" "$REDIS" "$FOLDER/run" \
        > "$FOLDER/secrets/redis.conf"
    begin redis redis-server "$FOLDER/secrets/redis.conf"
    wait_for Redis env REDISCLI_AUTH="$REDIS" redis-cli -p "$REDIS_PORT" ping

    export IMPASTO_STUDIO_DATABASE="postgresql://impasto:$POSTGRES@127.0.0.1:$POSTGRES_PORT/postgres"
    export IMPASTO_STUDIO_QUEUE="redis://:$REDIS@127.0.0.1:$REDIS_PORT/0"
    export IMPASTO_STUDIO_STORAGE="$FOLDER/storage" IMPASTO_STUDIO_DATA="$FOLDER/data"
    begin web "$PYTHON" -m impasto studio --workers 0 --port "$PORT" --no-browser
    for number in $(seq "$WORKERS"); do
        begin "worker-$number" "$PYTHON" -m impasto worker --data "$FOLDER/data-$number"
    done
    wait_for "the studio" "$PYTHON" -c "import urllib.request; urllib.request.urlopen('http://127.0.0.1:$PORT/api/health')"
    echo "the studio is at http://127.0.0.1:$PORT/ (web, $WORKERS workers, Redis, PostgreSQL); logs: $FOLDER/logs"
}

stop() {
    for file in "$FOLDER"/run/worker-*.pid; do
        [ -e "$file" ] && end "$(basename "$file" .pid)"
    done
    end web
    end redis
    if [ -s "$FOLDER/postgres/postmaster.pid" ]; then
        find_postgres
        as_postgres "$PG/pg_ctl" -D "$FOLDER/postgres" -m fast -w stop > /dev/null || true
    fi
}

status() {
    for file in "$FOLDER"/run/*.pid; do
        [ -e "$file" ] || continue
        name=$(basename "$file" .pid)
        if alive "$name"; then echo "$name: runs ($(cat "$file"))"; else echo "$name: ended"; fi
    done
}

case $COMMAND in
    start) start ;;
    stop) stop ;;
    status) status ;;
    *) usage ;;
esac
