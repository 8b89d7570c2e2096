# shellcheck shell=bash
# Shared by packaging/run and packaging/test: find out what is missing, install it, configure, build. Sourced, never run.
# Every step looks first and does nothing where nothing is to do, so that a second run starts at once.

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
build=${CHOREIA_BUILD:-$repository/build}

say() { printf 'choreia: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# The command that gives a command line root's rights: nothing for root, sudo for others.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else die "packages are missing and this needs root: run it as root, or install sudo"
  fi
}

# Under sudo, what is built and run belongs to the person who called, if the repository does.
as_person() {
  if [ "$(id -u)" = 0 ] && [ "${SUDO_UID:-0}" != 0 ] && [ "$(stat -c %u "$repository")" = "$SUDO_UID" ]; then
    if [ -d "$build" ] && [ "$(stat -c %u "$build")" = 0 ]; then chown -R "$SUDO_UID:${SUDO_GID:-$SUDO_UID}" "$build"; fi
    sudo -u "#$SUDO_UID" --preserve-env=DISPLAY,WAYLAND_DISPLAY,XDG_RUNTIME_DIR,XAUTHORITY,LIBGL_ALWAYS_SOFTWARE,QT_QPA_PLATFORM,CHOREIA_BUILD,CHOREIA_MODELS,CCACHE_DIR -H -- "$@"
  else
    "$@"
  fi
}

# packages_of PART...: the names of packages.txt for these parts.
packages_of() {
  local part
  for part in "$@"; do
    sed -n "s/^$part //p" "$repository/packaging/packages.txt"
  done | tr ' ' '\n' | sort -u
}

# install_packages PART...
install_packages() {
  command -v dpkg-query >/dev/null || { say "not a Debian system: taking for granted that the packages of packaging/packages.txt are there"; return; }
  local wanted missing
  wanted=$(packages_of "$@")
  # shellcheck disable=SC2086
  missing=$(comm -23 <(echo "$wanted") <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' $wanted 2>/dev/null | sed -n 's/^ii  *//p' | sort -u))
  if [ -n "$missing" ]; then
    say "installing ${missing//$'\n'/ }"
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive bash -c '
      apt-get update -qq && apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$@"' install $missing >&2 ||
      die "the packages could not be installed: is there a network?"
  fi
  use_fast_blas
}

# The reference BLAS is some 25 times slower than OpenBLAS; where a person has chosen it by hand, choose OpenBLAS.
use_fast_blas() {
  local triplet name link fast
  triplet=$(find /usr/lib -maxdepth 2 -name openblas-pthread 2>/dev/null | head -n 1); triplet=${triplet#/usr/lib/}; triplet=${triplet%%/*}
  [ -n "$triplet" ] || return 0
  for name in libblas.so.3 liblapack.so.3; do
    link=/usr/lib/$triplet/$name
    fast=/usr/lib/$triplet/openblas-pthread/$name
    [ -e "$fast" ] || continue
    case $(readlink -f "$link") in
      */openblas-pthread/*) ;;
      *) say "choosing OpenBLAS for $name"; as_root update-alternatives --set "$name-$triplet" "$fast" >&2 || say "OpenBLAS could not be chosen: generating will be slow" ;;
    esac
  done
}

# Jobs at once: as many as cores, but a file that uses torch takes up to 1.3 GB to compile.
jobs() {
  local cores free limit used
  cores=$(nproc)
  free=$(awk '/^MemAvailable/ {print int($2 / 1024)}' /proc/meminfo)
  if limit=$(cat /sys/fs/cgroup/memory.max 2>/dev/null) && [ "$limit" != max ]; then
    used=$(cat /sys/fs/cgroup/memory.current 2>/dev/null || echo 0)
    limit=$(((limit - used) / 1048576))
    [ "$limit" -lt "$free" ] && free=$limit
  fi
  local most=$((free / 1300))
  [ "$most" -lt 1 ] && most=1
  [ "$cores" -lt "$most" ] && most=$cores
  echo "$most"
}

# cached NAME: the value of a CMake cache variable of the build folder, or nothing.
cached() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt" 2>/dev/null; }

# configure OPTION...: a release build with these options (CHOREIA_GUI, CHOREIA_TESTS) on; what is on already stays on.
configure() {
  local option flags=() stale=
  [ -f "$build/build.ninja" ] || stale=1
  for option in CHOREIA_GUI CHOREIA_TESTS; do
    if [[ " $* " == *" $option "* ]] || [ "$(cached $option)" = ON ]; then
      flags+=("-D$option=ON")
      [ "$(cached $option)" = ON ] || stale=1
    else
      flags+=("-D$option=OFF")
    fi
  done
  [ -n "$stale" ] || return 0
  say "configuring in $build"
  as_person cmake -S "$repository" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release "${flags[@]}" >&2
}

# build_targets TARGET...: builds them (all where none is named); ninja knows by itself when nothing is to do.
build_targets() {
  as_person cmake --build "$build" --parallel "$(jobs)" ${1:+--target "$@"} >&2
}
