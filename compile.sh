#!/usr/bin/env bash
# Builds kubewright as one file per target: dist/kubewright-linux-{x86_64,arm64}, a .sha256 beside each; and man pages.
set -euo pipefail

usage() {
  cat <<'TEXT'
Usage: ./compile.sh [x86_64|arm64|all ...]     (default: this machine's)

Environment:
  DENO                    the deno to build with (default: deno), 2.6 or later
  DENORT_BIN              its compile runtime for this machine's architecture (default: deno downloads it)
  DENORT_BIN_ARM64, DENORT_BIN_X86_64
                          the same for one target
  KUBEWRIGHT_KIND         self-extracting: do not try `deno compile`
  KUBEWRIGHT_TEST_BUILD   failpoints: a program for tests, which ends itself where it is told, in dist/failpoints
  KUBEWRIGHT_DIST         where to put the files (default: dist)
TEXT
}

# What the program may do, in both kinds. It manages a host, so it reads, writes and runs what it needs there; it never
# loads native code, imports code from elsewhere, or asks for more. Reading /proc is not among what can be granted.
PERMISSIONS="--no-prompt --allow-read --allow-write --allow-run --allow-net --allow-env \
--allow-sys=hostname,uid,networkInterfaces --deny-ffi --deny-import"

# The oldest Deno that the program runs on.
OLDEST_DENO=2.6.0

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
deno=${DENO:-deno}

say() { printf 'compile.sh: %s\n' "$*" >&2; }
fail() {
  say "$@"
  exit 1
}

# The target of `uname -m` or of any other usual name of it.
target_of() {
  case $1 in
    x86_64 | x86-64 | amd64 | linux-x86_64) echo x86_64 ;;
    arm64 | aarch64 | linux-arm64) echo arm64 ;;
    *) return 1 ;;
  esac
}

triple_of() { case $1 in x86_64) echo x86_64-unknown-linux-gnu ;; arm64) echo aarch64-unknown-linux-gnu ;; esac; }
package_of() { case $1 in x86_64) echo @deno/linux-x64-glibc ;; arm64) echo @deno/linux-arm64-glibc ;; esac; }

# Fails unless the file is an ELF program of the target (e_machine, two bytes at 18).
assert_machine() { # target file
  local machine
  [ -f "$2" ] || fail "\"$2\" is not a file"
  machine=$(od -An -tx1 -j18 -N2 "$2" | tr -d ' \n')
  case $1:$machine in
    x86_64:3e00 | arm64:b700) ;;
    *) fail "\"$2\" is not a program for $1" ;;
  esac
}

# The full commit, marked when the tree holds more than that.
commit_of() {
  local commit state
  commit=$(git -C "$root" rev-parse HEAD 2>/dev/null) && state=$(git -C "$root" status --porcelain 2>/dev/null) ||
    { echo unknown; return; }
  echo "$commit${state:+-dirty}"
}

# The program with all it imports, as JavaScript that needs neither configuration nor cache: $work/<folder>/entry.js and
# the chunks that it loads when it needs them. Both kinds run just this (it also starts faster than separate modules).
# `deno task ok` checks types, so this does not.
bundle() { # kind folder
  [ -e "$work/$2" ] && return
  mkdir "$work/$2.entry"
  local import="" system="" kind=$1
  if [ -n "$test_build" ]; then
    import="import { failingSystem } from \"$root/tests/failpoints/system.ts\";"
    system=", failingSystem"
    kind="$1, for tests: $test_build"
  fi
  cat >"$work/$2.entry/entry.ts" <<TS
import { run } from "$root/mod.ts";
import { VERSION } from "$root/src/version.ts";
$import
await run({ version: VERSION, commit: "$commit", kind: "$kind" }$system);
TS
  "$deno" bundle --quiet --no-check --config "$root/deno.json" --frozen --platform deno --code-splitting \
    --outdir "$work/$2" "$work/$2.entry/entry.ts"
}

# Links JavaScript against the compile runtime; nothing beside what it imports gets in.
# --no-code-cache: https://github.com/denoland/deno/issues/36143 (byte code in the temp folder, loaded without an owner check)
link() { # target entry output
  # shellcheck disable=SC2086 # a list of flags
  env ${runtime:+"DENORT_BIN=$runtime"} "$deno" compile --quiet --no-check --no-config --no-lock --no-code-cache \
    $PERMISSIONS --target "$(triple_of "$1")" --output "$3" "$2"
}

# Sets `runtime` to the compile runtime that the environment names for the target, or to nothing.
find_runtime() { # target
  case $1 in
    x86_64) runtime=${DENORT_BIN_X86_64:-} ;;
    arm64) runtime=${DENORT_BIN_ARM64:-} ;;
  esac
  if [ -z "$runtime" ] && [ "$1" = "$here" ]; then runtime=$given_runtime; fi
  [ -z "$runtime" ] || assert_machine "$1" "$runtime"
}

# Whether there is a compile runtime for the target; says in one line why not.
can_link() { # target
  local name=DENORT_BIN why
  if [ "${KUBEWRIGHT_KIND:-}" = self-extracting ]; then
    say "$1: KUBEWRIGHT_KIND asks for a self-extracting file"
    return 1
  fi
  [ -z "$runtime" ] || return 0
  [ "$1" = "$here" ] || name=DENORT_BIN_$(echo "$1" | tr '[:lower:]' '[:upper:]')
  echo "" >"$work/probe.js"
  if why=$(link "$1" "$work/probe.js" "$work/probe" 2>&1); then
    rm -f "$work/probe"
    return 0
  fi
  # The innermost of the causes that deno lists, "  4: failed to lookup ...".
  why=$(printf '%s\n' "$why" | sed -n '/^Stack backtrace/q; s/^ *[0-9]*: //p; s/^error: //p' | tail -n 1)
  say "$1: no compile runtime (no $name, no download: ${why:-it failed}): building a self-extracting file instead"
  return 1
}

# Puts the target's deno executable at $work/deno-<target>, by npm, which checks its integrity: the version of the build's
# deno, or the registry's newest that the program runs on.
fetch_deno() { # target
  local package wanted archive folder="$work/npm-$1"
  package=$(package_of "$1")
  command -v npm >/dev/null || fail "npm is needed to fetch $package for the self-extracting file: install Node.js"
  mkdir "$folder"
  for wanted in "$deno_version" "^$OLDEST_DENO"; do
    archive=$(cd "$folder" && npm pack --loglevel=error --prefer-offline "$package@$wanted" 2>"$work/npm.log") && break
    archive=
  done
  [ -n "$archive" ] || fail "npm could not fetch $package@$deno_version: $(grep -v '^npm warn' "$work/npm.log" | head -n 3)"
  tar -xzf "$folder/$archive" -C "$folder" package/deno package/package.json
  assert_machine "$1" "$folder/package/deno"
  mv "$folder/package/deno" "$work/deno-$1"
  wanted=$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' "$folder/package/package.json")
  [ "$wanted" = "$deno_version" ] || say "$1: npm has no $package@$deno_version: taking $wanted"
}

# A shell head, then each file gzipped. The head knows where each part lies and its SHA-256.
self_extract() { # target output
  local parts="" sums="" at=0 name length content head="$work/head-$1" payload="$work/payload-$1" unpacked=0
  local files=(deno) file
  for file in "$work/self-extracting"/*; do files+=("program/${file##*/}"); done
  : >"$payload"
  for name in "${files[@]}"; do
    file=$work/self-extracting/${name#program/}
    [ "$name" != deno ] || file=$work/deno-$1
    unpacked=$((unpacked + $(wc -c <"$file")))
    gzip -9nc "$file" >>"$payload"
    length=$(($(wc -c <"$payload") - at))
    parts+="${parts:+$'\n'}$name $at $length"
    sums+="${sums:+$'\n'}$(sha256sum <"$file" | cut -d' ' -f1)  $name"
    at=$((at + length))
  done
  content=$(printf '%s\n' "$sums" | sha256sum | cut -d' ' -f1)
  write_head() { # where the payload begins, at a fixed width
    printf '#!/bin/sh\n# kubewright for Linux on %s: unpacks itself once, then runs.\n' "$1"
    printf "target='%s'\ncontent='%s'\nunpacked=%s\npermissions='%s'\n" "$1" "$content" "$unpacked" "$PERMISSIONS"
    printf "parts='%s'\nsums='%s'\n" "$parts" "$sums"
    printf 'payload_at=%-12s\n' "$2"
    cat "$root/_tools/compile/self_extracting.sh"
  }
  write_head "$1" 0 >"$head"
  write_head "$1" "$(wc -c <"$head")" >"$head"
  cat "$head" "$payload" >"$2"
  chmod 755 "$2"
  rm -f "$payload"
}

build() { # target
  local name=kubewright-linux-$1 kind="deno compile" sum
  find_runtime "$1"
  if can_link "$1"; then
    bundle "$kind" compiled
    link "$1" "$work/compiled/entry.js" "$work/$name" || fail "$1: deno compile failed"
  else
    kind=self-extracting
    bundle "$kind" self-extracting
    fetch_deno "$1"
    self_extract "$1" "$work/$name"
  fi
  if [ "$1" = "$here" ]; then
    KUBEWRIGHT_UNPACK_DIR=$work/unpack "$work/$name" version >/dev/null ||
      fail "$1: the file does not run here (does the compile runtime fit deno $deno_version?)"
  fi
  sum=$(sha256sum <"$work/$name" | cut -d' ' -f1)
  printf '%s  %s\n' "$sum" "$name" >"$work/$name.sha256"
  mv -f "$work/$name" "$work/$name.sha256" "$dist/"
  report+=("$(printf '%s  %s bytes  %s  sha256 %s' "$dist/$name" "$(wc -c <"$dist/$name")" "$kind" "$sum")")
}

# The man pages, from the table of commands.
man_pages() {
  "$deno" run --quiet --no-check --config "$root/deno.json" --frozen --allow-read="$root" --allow-write="$work/man" \
    --allow-env "$root/_tools/docs.ts" --man "$work/man"
  rm -rf "$dist/man"
  mv "$work/man" "$dist/man"
}

here=$(target_of "$(uname -m)") || fail "cannot build on $(uname -m): x86_64 or arm64 is needed"
[ "$(uname -s)" = Linux ] || here=none
targets=()
for argument in "${@:-$(uname -m)}"; do
  case $argument in
    -h | --help) usage && exit ;;
    all) targets+=(x86_64 arm64) ;;
    *) targets+=("$(target_of "$argument")") || fail "no such target: \"$argument\"; there are x86_64, arm64 and all" ;;
  esac
done
test_build=${KUBEWRIGHT_TEST_BUILD:-}
case $test_build in "" | failpoints) ;; *) fail "KUBEWRIGHT_TEST_BUILD is failpoints or not set" ;; esac
case ${KUBEWRIGHT_KIND:-} in "" | self-extracting) ;; *) fail "KUBEWRIGHT_KIND is self-extracting or not set" ;; esac

command -v "$deno" >/dev/null || fail "there is no \"$deno\": install Deno, or name one by DENO"
export NO_COLOR=1 DENO_NO_UPDATE_CHECK=1 DENO_NO_PACKAGE_JSON=1
given_runtime=${DENORT_BIN:-}
unset DENORT_BIN # it fits one architecture only; each link names its own
deno_version=$("$deno" --version | sed -n 's/^deno \([0-9.]*\).*/\1/p')
commit=$(commit_of)
dist=${KUBEWRIGHT_DIST:-$root/dist${test_build:+/$test_build}}
mkdir -p "$dist"
dist=$(cd "$dist" && pwd -P)
work=$(mktemp -d "$dist/.build.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

report=()
for target in "${targets[@]}"; do build "$target"; done
[ -n "$test_build" ] || man_pages
printf '%s\n' "${report[@]}"
