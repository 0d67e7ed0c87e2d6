# shellcheck shell=bash
# Set-up shared by bin/run and bin/test; sourced, never run. Idempotent, and quick when nothing is missing.
#
# set_up run   → what an office needs: system packages, .venv with the program
# set_up test  → the same, and what the tests need

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
readonly root

say() { printf '%s\n' "$*" >&2; }

# Help asked for among the words given is told at once: nothing is set up for it.
tell_help() {
  local usage=$1 word
  shift
  for word in "$@"; do
    case $word in
      --help | -h) printf '%s\n' "$usage"; exit 0 ;;
    esac
  done
}

# --- system packages -------------------------------------------------------------------------------

# Packages of a section of deploy/packages.txt: «name command» a line.
listed_packages() {
  awk -v wanted="[$1]" '
    /^\[/ { section = $1; next }
    /^[a-z]/ && section == wanted { print $1, $2 }
  ' "$root/deploy/packages.txt"
}

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing_packages() {
  local section name command
  for section in "$@"; do
    while read -r name command; do
      if [ "$command" != - ] && command -v "$command" >/dev/null 2>&1; then continue; fi
      is_installed "$name" || printf '%s ' "$name"
    done < <(listed_packages "$section")
  done
}

# Runs as root, through sudo when we are somebody else; 1 when there is no way.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null 2>&1; then sudo "$@"
  else return 1
  fi
}

apt_install() {
  say "Đang cài gói hệ thống: $*"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 && return
  # The lists of a fresh machine are empty or old: fetch them, then say what goes wrong.
  as_root apt-get update -qq >/dev/null &&
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

install_packages() {
  local missing
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null 2>&1; then
    say "Máy này không có apt-get. Hãy tự cài: $missing(xem deploy/packages.txt)"
    return 0
  fi
  # shellcheck disable=SC2086  # a list of names
  apt_install $missing || {
    say "Chưa cài được: $missing"
    say "Hãy chạy lại bằng root, hoặc nhờ người quản trị cài các gói trên. «vanthu doctor» cho biết thiếu gói nào thì mất gì."
    [ "${VANTHU_SETUP_STRICT:-}" != 1 ]
  }
}

# --- Python ----------------------------------------------------------------------------------------

is_usable_python() {
  "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
  local candidate
  for candidate in python3.11 python3.12 python3.13 python3; do
    if is_usable_python "$candidate"; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

need_python() {
  find_python && return
  apt_install python3 python3-venv >&2 && find_python && return
  say "Cần Python từ 3.11 trở lên, có cả venv (gói python3 và python3-venv)."
  return 1
}

# The environment of this folder; one that was moved or copied along points to where it was made.
has_environment() {
  "$root/.venv/bin/python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 || return 1
  [ ! -e "$root/.venv/.vanthu-root" ] || [ "$(cat "$root/.venv/.vanthu-root")" = "$root" ]
}

# What the virtual environment was made from: changes whenever it must be made again.
environment_key() {
  cat "$root/pyproject.toml" "$root/deploy/constraints.txt" "$root/bin/_setup.sh" | sha256sum | cut -d' ' -f1
}

install_environment() {
  local wanted=$1 key extras="" stamp python
  key=$(environment_key)
  if has_environment; then
    # What the tests need holds all that running needs.
    for stamp in "$wanted" test; do
      if [ "$(cat "$root/.venv/.vanthu-$stamp" 2>/dev/null)" = "$key" ]; then return 0; fi
    done
  else
    python=$(need_python)
    say "Đang tạo môi trường Python (.venv) …"
    "$python" -m venv --clear "$root/.venv"
  fi
  [ "$wanted" = test ] && extras="[dev,ldap]"
  say "Đang cài thư viện Python (lần đầu mất vài phút) …"
  "$root/.venv/bin/python" -m pip install -qq --disable-pip-version-check --no-input \
    --constraint "$root/deploy/constraints.txt" --editable "$root$extras"
  printf '%s\n' "$root" >"$root/.venv/.vanthu-root"
  printf '%s\n' "$key" >"$root/.venv/.vanthu-$wanted"
}

# --- all of it -------------------------------------------------------------------------------------

# Between these two no other command is: it waits, and says so.
begin_alone() {
  mkdir -p "$root/.cache"
  exec 9>"$root/.cache/setup.lock"
  command -v flock >/dev/null 2>&1 || return 0
  flock -n 9 && return
  say "Thư mục này đang được cài đặt ở một cửa sổ khác (lần đầu mất vài phút); đang chờ việc ấy xong …"
  flock 9
}

end_alone() { exec 9>&-; }

set_up() {
  local sections=(run)
  [ "$1" = test ] && sections=(run test ldap)
  # Two commands at once must not build one environment twice.
  begin_alone
  install_packages "${sections[@]}"
  install_environment "$1"
  end_alone
}
