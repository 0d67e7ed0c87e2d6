#!/bin/bash
# What a bare Debian in a folder has instead of systemd's systemctl: starts a unit's own command line as its own account, with
# its own surroundings, and stops it by SIGTERM. What was asked for is kept in /run/units/asked.
set -u
run=/run/units
mkdir -p "$run"
printf '%s\n' "$*" >>"$run/asked"
verb=$1
shift
names=()
for word in "$@"; do
  case $word in -*) ;; *) names+=("${word%.service}") ;; esac
done

is_alive() { [ -e "$run/$1.pid" ] && kill -0 "$(cat "$run/$1.pid")" 2>/dev/null; }
value() { sed -n "s/^$2=//p" "/etc/systemd/system/$1.service"; }

started() {
  local file
  for file in "$run"/*.pid; do
    file=$(basename "$file" .pid)
    # shellcheck disable=SC2053  # a pattern, as systemctl takes it
    if [[ $file == ${1%.service} ]] && is_alive "$file"; then echo "$file"; fi
  done
}

start() {
  is_alive "$1" && return
  (
    umask "$(value "$1" UMask)"
    # shellcheck disable=SC2046  # words of the unit
    exec setsid env $(value "$1" Environment) setpriv --reuid="$(value "$1" User)" --regid="$(value "$1" Group)" \
      --init-groups $(value "$1" ExecStart)
  ) </dev/null >>"/var/log/$1.log" 2>&1 &
  echo $! >"$run/$1.pid"
}

stop() {
  local name pid
  for name in $(started "$1"); do
    pid=$(cat "$run/$name.pid")
    kill "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    rm "$run/$name.pid"
  done
}

case $verb in
  list-units) for name in $(started "${names[0]}"); do echo "$name.service loaded active running"; done ;;
  is-active) is_alive "${names[0]}" ;;
  start) for name in "${names[@]}"; do start "$name"; done ;;
  stop) for name in "${names[@]}"; do stop "$name"; done ;;
esac
