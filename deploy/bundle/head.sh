#!/bin/sh
# sum of the lines below, filled in by bin/bundle
# Bộ cài Văn thư @VERSION@, dùng cho Debian @RELEASE@ (@ARCH@). Cài hoặc nâng cấp: sh TỆP-NÀY. Cách dùng: sh TỆP-NÀY --help
set -eu
LC_ALL=C.UTF-8
export LC_ALL
umask 022

damaged() {
  printf 'Bộ cài bị hỏng hoặc chép chưa hết (%s). Chưa thay đổi gì trên máy này. Hãy chép lại tệp từ nơi làm ra nó.\n' "$1" >&2
  exit 4
}

check() {
  head -n @LINES@ "$0" | tail -n +3 | sha256sum | grep -q "^$(sed -n '2s/^# //p' "$0") " || damaged 'phần đầu tệp'
  bytes=$(tail -n +$((@LINES@ + 1)) "$0" | wc -c)
  [ "$bytes" -eq @BYTES@ ] || damaged "dài $bytes byte, đúng ra @BYTES@"
  sum=$(tail -n +$((@LINES@ + 1)) "$0" | sha256sum)
  [ "${sum%% *}" = @SUM@ ] || damaged 'sai mã SHA-256'
}

main() {
  check
  room=$(df -Pm /var/tmp | awk 'NR == 2 { print $4 }')
  if [ "$room" -lt $((@BYTES@ / 1000000 + 100)) ]; then
    printf 'Ổ đĩa chứa /var/tmp còn trống %s MB, không đủ chỗ mở bộ cài. Chưa thay đổi gì trên máy này. Hãy dọn bớt.\n' "$room" >&2
    exit 64
  fi
  work=$(mktemp -d /var/tmp/vanthu-bo-cai.XXXXXX)
  trap 'rm -rf "$work"' EXIT
  trap 'exit 130' INT TERM HUP
  tail -n +$((@LINES@ + 1)) "$0" | tar -xf - -C "$work"
  (cd "$work" && sha256sum --check --quiet SHA256SUMS >/dev/null 2>&1) || damaged 'mở ra không đúng, có thể do ổ đĩa'
  sh "$work/install.sh" "$@"
}

# Read whole before anything of it runs.
main "$@"; exit
