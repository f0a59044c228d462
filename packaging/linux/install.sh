#!/bin/sh
# Installs or upgrades the program from this folder; no network is used. Options: see  ./install.sh --help
#   sudo ./install.sh --pcs pcs.csv                 this PC's line of the hall's table (by host name, or --pc NAME)
#   sudo ./install.sh --role window                 without a table
#   PYTHON=/usr/bin/python3.12 sudo -E ./install.sh to name the Python
set -eu
here=$(cd "$(dirname "$0")" && pwd)

if command -v sha256sum >/dev/null 2>&1; then
    (cd "$here" && sha256sum --quiet --check SHA256SUMS) || {
        echo "✗ 安装包不完整或被改动过，请重新拷贝。没有装任何东西" >&2
        exit 1
    }
fi

# Options of clerk-setup stand before the verb, those of the verb after it.
general="" wanted=""
while [ $# -gt 0 ]; do
    case $1 in
    --home | --data) general="$general $1 $2"; shift 2 ;;
    --pcs) wanted="$wanted $1 $(realpath "$2")"; shift 2 ;;
    *) wanted="$wanted $1"; shift ;;
    esac
done

# The one-dir build brings its own Python and the installer as a program.
if [ -x "$here/program/clerk-setup" ]; then
    # shellcheck disable=SC2086
    exec "$here/program/clerk-setup" $general install --bundle "$here" $wanted
fi

usable='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'
for python in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
    "$python" -c "$usable" >/dev/null 2>&1 || continue
    # shellcheck disable=SC2086
    exec "$python" -I -B "$here/clerk-setup.pyz" $general install --bundle "$here" $wanted
done
echo "✗ 这台电脑没有 Python 3.11、3.12 或 3.13（现有：$(python3 --version 2>&1 || echo 无）)。" >&2
echo "  请改用不要 Python 的 onedir 安装包，或从系统安装光盘装上 python3" >&2
exit 1
