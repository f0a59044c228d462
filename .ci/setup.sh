#!/usr/bin/env bash
# Set-up for the Makefile: Python, system libraries, virtual environment, fonts.
# Quick when there is nothing to do. Exit 2 means: something must be installed first; the last lines say what.
#   PYTHON=path     use this interpreter          VENV=folder  where the environment goes (default .venv)
#   QT=oldest       the oldest supported Qt instead of the newest
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PATH:/usr/sbin:/sbin"
VENV=${VENV:-.venv}
QT=${QT:-newest}
started=$SECONDS

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$@" >&2; exit 2; }

# ---------------------------------------------------------------- Python
usable='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'

choose_python() {
    local found="" candidate
    for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3}; do
        # A pyenv shim exists for versions that are not switched on, and fails: run it, don't look for it.
        "$candidate" -c "$usable" >/dev/null 2>&1 || continue
        if "$candidate" -c 'import venv, ensurepip' >/dev/null 2>&1; then
            python=$candidate
            return 0
        fi
        found=${found:-$candidate}
    done
    python=$found
    [[ -n $python ]]
}

python="" venv_package=""
identity='import sys; print(sys.version, sys.base_prefix)'
venv_serves() { # there is one, of a right version, and of the interpreter that was asked for
    "$VENV/bin/python" -c "$usable" >/dev/null 2>&1 || return 1
    [[ -z ${PYTHON:-} || $("$PYTHON" -c "$identity" 2>&1) == "$("$VENV/bin/python" -c "$identity")" ]]
}
if ! venv_serves; then
    if ! choose_python; then
        fail "Python 3.11, 3.12 or 3.13 is needed; found: $("${PYTHON:-python3}" --version 2>&1 || echo none)." \
            "Install one (Debian 12: apt-get install -y python3), or name it: make setup PYTHON=/path/to/python3.12"
    fi
    if ! "$python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
        venv_package=$("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')
    fi
fi

# ---------------------------------------------------------------- system libraries
# soname and the Debian/Ubuntu packages that carry it, newest name last.
needed=(
    "libglib-2.0.so.0 libglib2.0-0 libglib2.0-0t64"
    "libGL.so.1 libgl1"
    "libEGL.so.1 libegl1"
    "libxkbcommon.so.0 libxkbcommon0"
    "libdbus-1.so.3 libdbus-1-3"
    "libfontconfig.so.1 libfontconfig1"
)
if [[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]]; then
    needed+=(
        "libxcb-cursor.so.0 libxcb-cursor0"
        "libxcb-icccm.so.4 libxcb-icccm4"
        "libxcb-keysyms.so.1 libxcb-keysyms1"
        "libxcb-xkb.so.1 libxcb-xkb1"
        "libxkbcommon-x11.so.0 libxkbcommon-x11-0"
        "libxcb-shape.so.0 libxcb-shape0"
        "libxcb-image.so.0 libxcb-image0"
        "libxcb-render-util.so.0 libxcb-render-util0"
    )
fi
if [[ -n ${WAYLAND_DISPLAY:-} ]]; then
    needed+=(
        "libwayland-client.so.0 libwayland-client0"
        "libwayland-cursor.so.0 libwayland-cursor0"
        "libwayland-egl.so.1 libwayland-egl1"
    )
fi
fallback_font=/usr/share/fonts/truetype/hanazono/HanaMinB.ttf

apt_install() { # dpkg's own lines tell nobody anything; errors come on stderr
    DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@" >/dev/null
}
is_installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }
is_known() { apt-cache show "$1" >/dev/null 2>&1; }

missing_libraries() { # one line "soname package package…" for each that this system lacks
    local cache line soname package
    cache=$(ldconfig -p 2>/dev/null || true)
    for line in "${needed[@]}"; do
        soname=${line%% *}
        [[ $cache == *"$soname "* ]] && continue
        for package in ${line#* }; do
            if command -v dpkg-query >/dev/null && is_installed "$package"; then continue 2; fi
        done
        say "$line"
    done
}

name_packages() { # stdin: lines of missing_libraries; the package name that this release uses
    local line package chosen
    while read -r line; do
        chosen=""
        for package in ${line#* }; do
            if [[ -z $chosen ]] || is_known "$package"; then chosen=$package; fi
        done
        say "$chosen"
    done
}

if [[ $(uname -s) == Linux ]]; then
    missing=$(missing_libraries)
    if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
        certificates=""
        [[ -e /etc/ssl/certs/ca-certificates.crt ]] || certificates=ca-certificates
        if [[ -n $missing$venv_package$certificates ]]; then
            if [[ $(id -u) == 0 ]]; then
                apt-get -qq update
                mapfile -t packages < <(printf '%s' "${missing:+$missing$'\n'}" | name_packages)
                say "Installing system packages: ${packages[*]} $venv_package $certificates"
                # shellcheck disable=SC2086
                apt_install "${packages[@]}" $venv_package $certificates
            else
                mapfile -t packages < <(printf '%s' "${missing:+$missing$'\n'}" | name_packages)
                [[ -e $fallback_font ]] || packages+=(fonts-hanazono)
                line="${packages[*]} $venv_package $certificates"
                fail "System packages are missing. Type this line, then try again:" "" \
                    "  sudo apt-get update && sudo apt-get install -y --no-install-recommends $(xargs <<<"$line")" ""
            fi
        fi
    elif [[ -n $missing ]]; then
        say "Qt needs these shared libraries, which ldconfig does not list here; install them with your package manager:"
        sed 's/ .*//; s/^/  /' <<<"$missing"
    fi
fi

# ---------------------------------------------------------------- virtual environment
inputs=(.ci/setup.sh .ci/uv.txt pyproject.toml requirements-dev.txt)
[[ $QT == oldest ]] && inputs+=(requirements-oldest-qt.txt)
stamp="$VENV/.set-up"
want="$QT $(cat "${inputs[@]}" | cksum)"
if [[ -z $python && -e $stamp && $(<"$stamp") == "$want" ]]; then
    exit 0
fi

if [[ -n $python ]]; then
    say "Making $VENV with $("$python" --version) ($(command -v "$python"))"
    "$python" -m venv --clear "$VENV"
fi
rm -f "$stamp"
venv_python="$VENV/bin/python"

install() { # arguments as of pip install; uv is many times faster, pip always works
    if [[ -x $VENV/bin/uv ]]; then
        "$VENV/bin/uv" pip install -q --python "$venv_python" "$@" && return 0
        say "uv could not install; trying pip."
    fi
    "$venv_python" -m pip install -q --disable-pip-version-check "$@"
}

if [[ ! -x $VENV/bin/uv ]]; then
    "$venv_python" -m pip install -q --disable-pip-version-check --require-hashes --only-binary :all: -r .ci/uv.txt ||
        say "uv is not to be had for this machine; pip does the work (slower)."
fi
# uv does not read pip's configuration: a hall that has its own mirror has told pip.
if [[ -z ${UV_DEFAULT_INDEX:-} ]]; then
    index=${PIP_INDEX_URL:-$("$venv_python" -m pip config get global.index-url 2>/dev/null || true)}
    [[ -z $index ]] || export UV_DEFAULT_INDEX=$index
fi

say "Installing the locked packages (about 450 MB on disk, 272 MB of it Qt)"
install --require-hashes -r requirements-dev.txt
[[ $QT != oldest ]] || install --require-hashes -r requirements-oldest-qt.txt
install --no-deps --no-build-isolation -e .

if ! problem=$("$venv_python" -c 'import PySide6.QtWidgets' 2>&1); then
    fail "Qt does not start on this system:" "${problem##*$'\n'}" \
        "It needs these shared libraries: $(printf '%s\n' "${needed[@]%% *}" | xargs)"
fi

# ---------------------------------------------------------------- fonts
# Ext B to F of the ideographs come from fonts-hanazono; without it rare characters show as a box with their code.
if [[ ! -e $fallback_font && $(uname -s) == Linux ]] && command -v apt-get >/dev/null; then
    if [[ $(id -u) == 0 ]]; then
        is_known fonts-hanazono || apt-get -qq update || true
        apt_install fonts-hanazono ||
            say "fonts-hanazono is not to be had here; rare characters will show as a box with their code."
    else
        cache=$("$venv_python" -m clerk_app.typefaces --cache-folder)
        if [[ ! -e $cache/HanaMinB.ttf ]]; then
            work=$(mktemp -d)
            if (cd "$work" && apt-get -qq download fonts-hanazono 2>/dev/null && dpkg-deb -x fonts-hanazono_*.deb .); then
                mkdir -p "$cache"
                mv "$work$fallback_font" "$cache/HanaMinB.ttf.new"
                mv "$cache/HanaMinB.ttf.new" "$cache/HanaMinB.ttf"
            else
                say "fonts-hanazono is not to be had here; rare characters will show as a box with their code."
            fi
            rm -rf "$work"
        fi
    fi
fi
"$venv_python" -m clerk_app.typefaces

printf '%s\n' "$want" >"$stamp"
say "Set-up took $((SECONDS - started)) s."
