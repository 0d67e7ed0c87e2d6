#!/bin/sh
# The unpacked bundle, its sums good → the program installed or upgraded on this machine; called by the head of the bundle.
#
# The program of each version lies in a folder of its own, /opt/vanthu-<version>; /opt/vanthu is a link to the one in use.
# Everything that can fail is done beside the running office first; only then its units are stopped, its tables brought up,
# the link changed and the units started. From the stop on, whatever fails leads back to what was.
#
# Ends with 0 well, 1 it failed and all is as before, 4 damage, 64 wrong usage or machine.
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
. "$here/about"

link=/opt/vanthu
new=$link-$version
units=/etc/systemd/system
# Names of the units that an interrupted upgrade had stopped.
stopped=/var/lib/vanthu-bo-cai
office=/srv/vanthu
with_samba=no
with_nginx=no
only_check=no
old=
kept=
rows_after=

say() { printf '%s\n' "$*" >&2; }
die() { code=$1; shift; say "$*"; exit "$code"; }

usage() {
  cat <<TEXT
Bộ cài Văn thư $version cho Debian $release ($arch). Chạy bằng root; không cần mạng.
  --check        chỉ kiểm tra bộ cài và máy này, không thay đổi gì
  --office DIR   thư mục văn phòng (mặc định /srv/vanthu)
  --samba        cài cả Samba và chia sẻ thư mục thả tệp
  --nginx        cài cả nginx và tệp mẫu của nó (TLS)
Máy đã có bản cũ thì đây là nâng cấp: cài bên cạnh, dừng dịch vụ, sao lưu, nâng sổ, chạy lại; không thành thì trở về bản cũ.
TEXT
}

parse() {
  while [ $# -gt 0 ]; do
    case $1 in
      --check) only_check=yes ;;
      --samba) with_samba=yes ;;
      --nginx) with_nginx=yes ;;
      --office) [ $# -gt 1 ] || die 64 'Sau --office phải là tên thư mục.'; office=${2%/}; shift ;;
      --help|-h) usage; exit 0 ;;
      *) usage >&2; die 64 "Không có mục «$1»." ;;
    esac
    shift
  done
  case $office in /?*) ;; *) die 64 'Thư mục văn phòng phải ghi đủ đường dẫn, ví dụ /srv/vanthu.' ;; esac
  case $office in *[!A-Za-z0-9/_.-]*) die 64 'Tên thư mục văn phòng chỉ dùng chữ không dấu, số và các dấu / _ . -' ;; esac
}

# --- may it be done here? ---

check_machine() {
  here_release=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-không rõ}")
  here_arch=$(dpkg --print-architecture 2>/dev/null) || here_arch='không có dpkg'
  if [ "$here_release/$here_arch" != "$release/$arch" ]; then
    die 64 "Bộ cài này dành cho Debian $release ($arch), máy này là $here_release ($here_arch). Chưa thay đổi gì. Hãy làm bộ cài (bin/bundle) trên máy cùng phiên bản Debian với máy này."
  fi
  [ "$(id -u)" = 0 ] || die 64 'Hãy chạy bằng root. Chưa thay đổi gì trên máy này.'
  room=$(df -Pm /opt | awk 'NR == 2 { print $4 }')
  [ "$room" -ge "$needed_mb" ] || die 64 "Ổ đĩa chứa /opt còn trống $room MB, cần $needed_mb MB. Chưa thay đổi gì. Hãy dọn bớt."
}

check_version() {
  [ -e "$link/bin/python" ] || return 0
  old=$(readlink -f "$link")
  old_version=$("$link/bin/python" -c 'from importlib.metadata import version; print(version("vanthu"))' 2>/dev/null) || old_version=0
  if dpkg --compare-versions "$old_version" gt "$version"; then
    die 64 "Máy đang dùng bản $old_version, mới hơn bộ cài này ($version). Sổ không đi lùi được. Chưa thay đổi gì."
  fi
}

# apt that knows nothing but the bundle, and keeps what it knows in the bundle's folder.
apt_here() {
  DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends \
    -o Dir::Etc::SourceList="$here/sources.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$here/lists" \
    -o Dir::Cache="$here/cache" -o APT::Sandbox::User=root -o Acquire::Languages=none \
    -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 "$@"
}

check_packages() {
  mkdir -p "$here/lists/partial" "$here/cache/archives/partial"
  printf 'deb [trusted=yes] file:%s ./\n' "$here/debs" >"$here/sources.list"
  [ "$with_samba" = no ] || packages="$packages samba"
  [ "$with_nginx" = no ] || packages="$packages nginx-light"
  # shellcheck disable=SC2086  # a list of names
  apt_here update >"$here/log" 2>&1 && apt_here --simulate install $packages >>"$here/log" 2>&1 || {
    tail -n 15 "$here/log" >&2
    die 64 'Các gói Debian trong bộ cài không lắp được vào máy này (lời của apt ở trên): thường là máy có gói mới hơn bộ cài. Chưa thay đổi gì. Hãy làm lại bộ cài trên máy vừa cập nhật.'
  }
}

# --- beside the running office ---

install_packages() {
  say 'Đang cài các gói Debian trong bộ cài …'
  # shellcheck disable=SC2086  # a list of names
  apt_here install $packages >>"$here/log" 2>&1 || {
    tail -n 30 "$here/log" >&2
    die 1 'Chưa cài xong các gói Debian (lời của apt ở trên). Chương trình và hồ sơ chưa bị đụng tới. Sửa xong hãy chạy lại bộ cài.'
  }
}

make_program() {
  if [ -e "$new/share/vanthu/du" ]; then
    say "Bản $version đã được cài ở $new từ trước; chỉ kiểm tra lại."
    return 0
  fi
  say "Đang cài chương trình vào $new …"
  rm -rf "$new"
  # The wheels are one whole, put together by pip when the bundle was made.
  if /usr/bin/python3 -m venv "$new" && "$new/bin/python" -m pip install --quiet --no-index --no-deps --no-compile \
    --disable-pip-version-check --root-user-action=ignore "$here"/wheels/*.whl &&
    "$new/bin/python" -m compileall -q -j 0 "$new/lib"; then
    mkdir -p "$new/share/vanthu"
    cp -R "$here/share/." "$new/share/vanthu/"
    sync
    : >"$new/share/vanthu/du"
  else
    rm -rf "$new"
    die 1 'Chưa cài được thư viện Python trong bộ cài. Chương trình đang dùng và hồ sơ không bị đụng tới.'
  fi
}

make_accounts() {
  getent group vanthu-tha >/dev/null || groupadd --system vanthu-tha
  getent passwd vanthu >/dev/null || useradd --system --user-group --home-dir "$office" --no-create-home --shell /usr/sbin/nologin vanthu
  usermod -aG vanthu-tha vanthu
}

# As the account that the units use; the home is no place to write.
as_office() { runuser -u vanthu -- env HOME=/nonexistent XDG_CACHE_HOME="$trial/cache" "$@"; }

# A paper of a made-up office, from its record to its number and PDF: proves program, libraries and fonts on this machine.
try_program() {
  say 'Đang làm thử một giấy giới thiệu …'
  trial=$(mktemp -d /var/tmp/vanthu-thu.XXXXXX)
  chown vanthu: "$trial"
  sample=$(find "$new" -path '*/gioi-thieu/examples/*.json' ! -path '*/sai/*' | sort | head -n 1)
  if as_office "$new/bin/vanthu" init "$trial/vp" >"$here/log" 2>&1 &&
    as_office cp "$sample" "$trial/vp/inbox/gioi-thieu/thu.json" &&
    as_office "$new/bin/vanthu" --office "$trial/vp" process --workers 1 >>"$here/log" 2>&1 &&
    find "$trial/vp/inbox/gioi-thieu/_ket_qua" -name '*.pdf' | grep -q .; then
    rm -rf "$trial/vp"
  else
    tail -n 15 "$here/log" >&2
    rm -rf "$trial"
    [ "$new" = "$old" ] || rm -rf "$new"
    die 1 'Bản trong bộ cài không làm được một giấy thử trên máy này (lời của nó ở trên). Chương trình đang dùng và hồ sơ không bị đụng tới.'
  fi
}

# --- the office ---

make_office() {
  say "Đang lập văn phòng ở $office …"
  install -d -m 0755 "$office"
  "$new/bin/vanthu" init "$office" >"$here/log" 2>&1 || {
    tail -n 15 "$here/log" >&2
    die 1 "Chưa lập được văn phòng ở $office (lời của chương trình ở trên). Sửa xong hãy chạy lại bộ cài."
  }
  install -d -o vanthu -g vanthu -m 0700 "$office/archive" "$office/index"
  chown -R vanthu:vanthu "$office/archive" "$office/index"
  chown -R vanthu:vanthu-tha "$office/inbox"
  find "$office/inbox" -type d -exec chmod 2775 {} +
  # Folders of the kinds cannot be moved or removed by a slip of the mouse.
  chmod 2755 "$office/inbox"
  # The index is made anew beside the old one; clerks pass through to the inbox and see nothing else.
  chown vanthu:vanthu-tha "$office"
  chmod 0710 "$office"
  chown root:vanthu "$office/vanthu.toml"
  chmod 0640 "$office/vanthu.toml"
}

has_systemd() { command -v systemctl >/dev/null && [ -d /run/systemd/system ]; }

stop_units() {
  has_systemd || return 0
  running=$(systemctl list-units --plain --no-legend --state=active,activating,reloading 'vanthu*' | awk '{ print $1 }')
  # shellcheck disable=SC2086  # a list of names
  printf '%s\n' $running >>"$stopped"
  sync "$stopped"
  [ -z "$running" ] || say "Đang dừng: $(echo $running)"
  # shellcheck disable=SC2086
  [ -z "$running" ] || systemctl stop $running
}

start_units() {
  has_systemd || return 0
  systemctl daemon-reload
  units_to_start=$(sort -u "$stopped" | grep . || true)
  # shellcheck disable=SC2086
  [ -z "$units_to_start" ] || systemctl start $units_to_start
}

# The units of the program in $1, for this office.
place_units() {
  [ -d "$1/share/vanthu/deploy" ] || return 0
  for unit in "$1"/share/vanthu/deploy/vanthu*.service; do
    sed "s|/srv/vanthu|$office|g" "$unit" >"$units/.vanthu.moi"
    chmod 0644 "$units/.vanthu.moi"
    mv "$units/.vanthu.moi" "$units/$(basename "$unit")"
  done
}

point_to() {
  ln -sfn "$1" "$link.moi"
  mv -T "$link.moi" "$link"
  sync
}

registers=archive/registers/vanthu.sqlite3

as_vanthu() { runuser -u vanthu -- "$@"; }

journal_rows() {
  as_vanthu "$new/bin/python" -c 'import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute("SELECT count(*) FROM journal").fetchone()[0])' "$office/$registers"
}

# Nobody is in: the tables as they are, in one file, to come back to. A server's tables are in the backup alone.
keep_tables() {
  [ -e "$office/$registers" ] || return 0
  kept=$office/archive/registers/truoc-$version.sqlite3
  rm -f "$kept"
  as_vanthu "$new/bin/python" -c 'import sqlite3, sys; sqlite3.connect(sys.argv[1]).backup(sqlite3.connect(sys.argv[2]))' "$office/$registers" "$kept"
  chmod 0600 "$kept"
  sync
}

put_tables_back() {
  rm -f "$office/$registers-wal" "$office/$registers-shm"
  mv "$kept" "$office/$registers"
  sync
}

# Whatever fails once the units are stopped comes here; papers numbered meanwhile are never taken back.
go_back() {
  trap - EXIT INT TERM HUP
  set +e
  if has_systemd; then systemctl stop 'vanthu*.service'; fi
  if [ -n "$rows_after" ]; then
    if [ -z "$kept" ] || [ "$(journal_rows)" != "$rows_after" ]; then
      start_units
      die 1 "Bản $version đã nâng sổ và đã ghi việc vào sổ, nên không tự trở về bản cũ. Xem «journalctl -u vanthu» rồi sửa; bản sao lưu trước khi nâng cấp ở $office-sao-luu."
    fi
    put_tables_back
  fi
  rm -rf "${kept:-$trial}" "$trial"
  if [ -n "$old" ]; then
    [ "$(readlink -f "$link")" = "$old" ] || point_to "$old"
    place_units "$old"
    start_units
    rm -f "$stopped"
    [ "$new" = "$old" ] || rm -rf "$new"
    die 1 "Nâng cấp lên $version không thành. Đã trở về bản $old_version; hồ sơ như trước."
  fi
  die 1 "Chưa cài được bản $version cho văn phòng ở $office; hồ sơ như trước."
}

is_free() { as_vanthu flock --exclusive --nonblock "$office/archive/registers/office.lock" true; }

# A program that was put straight into /opt/vanthu gets a folder of its own; its scripts go on through the link.
move_old_aside() {
  [ -n "$old" ] && [ ! -L "$link" ] || return 0
  mv "$link" "$link-$old_version-cu"
  old=$link-$old_version-cu
  point_to "$old"
}

bring_office_up() {
  : >>"$stopped"
  trap go_back EXIT
  trap 'exit 130' INT TERM HUP
  stop_units
  if [ -e "$office/archive/registers/office.lock" ] && ! is_free; then
    say 'Còn một chương trình «vanthu» đang mở văn phòng (không phải dịch vụ). Hãy dừng nó rồi chạy lại bộ cài.'
    exit 1
  fi
  move_old_aside
  install -d -o vanthu -g vanthu -m 0700 "$office-sao-luu"
  keep_tables
  say 'Đang nâng sổ (có sao lưu trước khi đổi) …'
  as_office "$new/bin/vanthu" --office "$office" upgrade >&2
  [ -z "$kept" ] || rows_after=$(journal_rows)
  point_to "$new"
  place_units "$new"
  start_units
  is_well || { say 'Dịch vụ của bản mới không chạy được.'; exit 1; }
  trap - EXIT INT TERM HUP
  [ -z "$kept" ] || rm -f "$kept"
  rm -f "$stopped"
}

all_active() {
  for unit in $units_to_start; do
    systemctl is-active --quiet "$unit" || return 1
  done
}

# Whether the page answers where this office has it.
page_answers() {
  "$new/bin/python" - "$office" <<'PYTHON'
import pathlib, sys, urllib.request
from pipeline.config import load_office

web = load_office(pathlib.Path(sys.argv[1])).web
host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(web.host, f"[{web.host}]" if ":" in web.host else web.host)
try:
    told = urllib.request.urlopen(f"http://{host}:{web.port}/healthz", timeout=5).read()
except OSError:
    sys.exit(1)
sys.exit(told != b"ok\n")
PYTHON
}

# The units that were asked for run, and the page answers when it is among them.
is_well() {
  has_systemd && [ -n "$units_to_start" ] || return 0
  until=$(($(date +%s) + 90))
  case " $(echo $units_to_start) " in
    *" vanthu.service "* | *" vanthu-web.service "*)
      until page_answers; do
        all_active && [ "$(date +%s)" -lt "$until" ] || return 1
        sleep 1
      done
      ;;
    *) sleep 5 ;;
  esac
  all_active
}

# --- what else was asked for ---

share_inbox() {
  [ "$with_samba" = yes ] || return 0
  sed "s|/srv/vanthu|$office|g" "$new/share/vanthu/deploy/smb-vanthu.conf" >/etc/samba/vanthu.conf
  grep -q '^ *include = /etc/samba/vanthu.conf' /etc/samba/smb.conf || printf '\ninclude = /etc/samba/vanthu.conf\n' >>/etc/samba/smb.conf
  if has_systemd; then systemctl reload-or-restart smbd; fi
  say 'Đã chia sẻ thư mục thả tệp bằng Samba; lập tài khoản cho văn thư như mục «Chia sẻ thư mục thả tệp» của sổ tay.'
}

place_nginx_sample() {
  [ "$with_nginx" = yes ] || return 0
  [ -e /etc/nginx/sites-available/vanthu ] || cp "$new/share/vanthu/deploy/nginx-vanthu.conf" /etc/nginx/sites-available/vanthu
  say 'Tệp mẫu của nginx: /etc/nginx/sites-available/vanthu; sửa tên, chứng thư rồi bật như sổ tay chỉ.'
}

# The version in use and the one before it stay.
remove_older() {
  for folder in "$link"-*; do
    case $folder in "$new" | "$old") ;; *) [ ! -e "$folder/share/vanthu/du" ] || rm -rf "$folder" ;; esac
  done
}

install_all() {
  install_packages
  make_program
  make_accounts
  try_program
  if [ -e "$office/vanthu.toml" ]; then is_new=no; else is_new=yes; make_office; fi
  bring_office_up
  share_inbox
  place_nginx_sample
  remove_older
  rm -rf "$trial"
}

last_words() {
  say "Xong: bản $version ở $link, văn phòng ở $office, sổ tay ở $link/share/vanthu/docs/van-hanh.md."
  if [ "$is_new" = yes ]; then
    say "Còn phải làm: 1. sửa $office/vanthu.toml (tên cơ quan, người ký, số bắt đầu);"
    say "              2. usermod -aG vanthu-tha TÀI-KHOẢN cho mỗi văn thư;"
    say "              3. runuser -u vanthu -- $link/bin/vanthu --office $office doctor"
    say '              4. systemctl enable --now vanthu; đường dẫn đặt mật khẩu quản trị: journalctl -u vanthu'
  fi
}

parse "$@"
check_machine
check_version
check_packages
if [ "$only_check" = yes ]; then
  say "Bộ cài nguyên vẹn, cài được trên máy này: bản $version, Debian $release ($arch). Chưa thay đổi gì."
  exit 0
fi
install_all
last_words
