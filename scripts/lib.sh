# shellcheck shell=bash
# What the scripts share; source it, do not run it.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Prints a line for the person at the terminal.
say() { printf '%s\n' "$*" >&2; }

# Ends the script with a sentence.
die() {
  say "${0##*/}: $*"
  exit 1
}

# Runs a command as root: directly, or by sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo -E "$@"
  else
    die "needs root to run '$*': run this script as root, or install sudo"
  fi
}

# Prints the words of the package lists given, without comments.
packages_of() { sed 's/#.*//' "$@" | xargs -n1; }

# Prints those of the packages given that are not installed.
missing_packages() {
  local installed
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' 2>/dev/null |
    sed -n 's/ installed$//p')
  printf '%s\n' "$@" | grep -vxF -f <(printf '%s\n' "$installed") || true
}

# Installs those of the packages given that are missing.
install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null ||
    die "this is no Debian system; install what these are here: ${missing[*]}"
  say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get update -qq ||
    die "apt-get update failed; see its message above"
  as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" \
    >/dev/null ||
    die "apt-get could not install the packages; see its message above"
}

# Prints the major version of node, or 0.
node_major() {
  if command -v node >/dev/null; then
    node --version | sed 's/^v\([0-9]*\).*/\1/'
  else
    echo 0
  fi
}

# Installs the npm packages of a folder, exactly those of its lock file.
install_npm() {
  local folder=$1 stamp=$1/node_modules/.roost-lock
  cmp -s "$folder/package-lock.json" "$stamp" && return 0
  say "Installing the npm packages of ${folder#"$root"/}"
  (cd "$folder" && npm ci --loglevel=error) ||
    die "npm ci failed in $folder; see its message above"
  cp "$folder/package-lock.json" "$stamp"
}

# Prints the path of the roost binary that a preset builds.
roost_of() { printf '%s/build/%s/net/roost\n' "$root" "$1"; }

# Configures a preset and builds one target of it, with one line that shows how
# far it is; the whole output is in build/PRESET.log.
quiet_build() {
  local preset=$1 target=$2 log=$root/build/$1.log
  mkdir -p "$root/build"
  (
    cd "$root"
    export NINJA_STATUS='@%f/%t '
    cmake --preset "$preset" >"$log" 2>&1 && cmake --build --preset "$preset" --target "$target" 2>&1
  ) | tee -a "$log" | show_progress "$preset" || {
    tail -n 40 "$log" >&2
    die "the build failed; everything that it said is in $log"
  }
}

# Shows the lines "@3/120 ..." of a build as one line that changes.
show_progress() {
  local line shown=
  while IFS= read -r line; do
    case $line in
    @*)
      [ -t 2 ] || continue
      line=${line#@}
      printf '\rBuilding %s: %s ' "$1" "${line%% *}" >&2
      shown=1
      ;;
    esac
  done
  [ -z "$shown" ] || printf '\r\033[K' >&2
}

# A random word of 48 hexadecimal digits.
random_word() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
