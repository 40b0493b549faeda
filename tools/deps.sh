#!/bin/sh
# tools/deps.sh run|check|test|failover|web|fuzz|bench: makes sure that the Debian packages (and npm packages) for this purpose are here.
# Missing ones are installed with apt-get, through sudo when not root; SHAODAO_NO_INSTALL=1 only reports them.
set -eu
cd "$(dirname "$0")/.."
purpose=${1:-run}
missing=

# A command that may come from a package or from elsewhere.
want_tool() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }

want_packages() {
    installed=$(dpkg-query -W -f='${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^ii  *//p' | tr '\n' ' ')
    for package in "$@"; do
        case " $installed " in *" $package "*) ;; *) missing="$missing $package" ;; esac
    done
}

want_tool gcc gcc
want_tool meson meson
want_tool ninja ninja-build
want_tool pkg-config pkg-config
want_tool python3 python3
libraries="libc6-dev libevent-dev libsqlite3-dev libjansson-dev libcyaml-dev libxlsxwriter-dev libzip-dev libexpat1-dev
    libjpeg-dev libpng-dev libwebp-dev libqrencode-dev libsodium-dev libssl-dev libgcrypt20-dev libcurl4-openssl-dev
    libseccomp-dev zlib1g-dev"
why="to build shaodao"
server=
if [ -f src/storage/driver_postgres.c ]; then
    libraries="$libraries libpq-dev"
    server=postgresql
fi
case $purpose in
run) ;;
check)
    libraries="$libraries libcmocka-dev"
    want_tool node nodejs
    why="$why and run its quick tests" ;;
test)
    libraries="$libraries libcmocka-dev chromium chromium-l10n fonts-noto-cjk nginx-light $server"
    want_tool node nodejs
    want_tool npm npm
    why="$why and run all its tests" ;;
failover)
    libraries="$libraries postgresql etcd-server patroni pgbouncer iproute2 curl"
    want_tool node nodejs
    why="$why and break three database machines" ;;
web)
    want_tool node nodejs
    want_tool npm npm
    why="to build the pages' scripts and styles" ;;
fuzz)
    want_tool clang clang
    why="$why and fuzz it" ;;
bench)
    libraries="$libraries $server"
    want_tool valgrind valgrind
    why="$why and measure it" ;;
*)
    echo "usage: tools/deps.sh run|check|test|failover|web|fuzz|bench" >&2
    exit 2 ;;
esac
# shellcheck disable=SC2086
want_packages $libraries

# npm packages belong to the lock file of their folder; a newer lock file asks for them anew.
npm_folders=
case $purpose in test) npm_folders="tests/browser web" ;; web) npm_folders="web" ;; esac
npm_missing=
for folder in $npm_folders; do
    [ -f "$folder/package-lock.json" ] || continue
    [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ] || npm_missing="$npm_missing $folder"
done

[ -n "$missing$npm_missing" ] || exit 0
[ -z "$missing" ] || echo "Missing Debian packages, needed $why:$missing" >&2
[ -z "$npm_missing" ] || echo "Missing npm packages in:$npm_missing" >&2
if [ -n "${SHAODAO_NO_INSTALL:-}" ]; then
    echo "SHAODAO_NO_INSTALL is set: nothing is installed." >&2
    exit 1
fi

if [ -n "$missing" ]; then
    as_root=
    if [ "$(id -u)" != 0 ]; then
        as_root=sudo
        command -v sudo >/dev/null || { echo "Install them as root: apt-get install$missing" >&2; exit 1; }
    fi
    install_missing() {
        # shellcheck disable=SC2086
        $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >&2
    }
    echo "Installing them with apt-get${as_root:+ through sudo}." >&2
    ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1 || $as_root apt-get update -q >&2
    if ! install_missing; then
        echo "That failed; finishing half-done installations, reading the package lists anew and trying once more." >&2
        $as_root dpkg --configure -a >&2 || true
        $as_root apt-get update -q >&2
        install_missing
    fi
fi

for folder in $npm_missing; do
    echo "npm ci in $folder" >&2
    (cd "$folder" && PUPPETEER_SKIP_DOWNLOAD=1 PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund >&2)
    touch "$folder/node_modules/.package-lock.json"
done
