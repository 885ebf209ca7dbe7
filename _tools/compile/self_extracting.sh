
# The head of a self-extracting kubewright. compile.sh writes these before it:
#   target       x86_64 or arm64
#   content      SHA-256 of `sums`, the name of the folder
#   unpacked     size of all files, in bytes
#   permissions  deno's flags
#   parts        lines of: name, offset in the payload, length; each is gzipped
#   sums         lines as sha256sum prints and checks them
#   payload_at   where the payload begins in this file
# It may run as root, so what it runs lies where only its user can write, and is checked before each run.
# Nor does the caller's environment choose what runs: programs are looked for where src/programs.ts looks, and functions
# that bash takes from there (BASH_FUNC_id%%) are none. The program itself gets the caller's PATH back.
unset -f unset id uname ls mkdir mv rm chmod tail head gzip sha256sum command printf read cd pwd kill test true false
unset -f [ 2>/dev/null || :
callers_path=${PATH-}
has_path=${PATH+yes}
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/sbin:/opt/bin
PATH=$PATH:/run/wrappers/bin:/run/current-system/sw/bin:/run/current-system/sw/sbin
PATH=$PATH:/run/current-system/profile/sbin:/run/current-system/profile/bin
export PATH
unset GZIP # gzip's options
set -u
umask 077
newline='
'

fail() { # message [what to do]
  printf 'kubewright: %s\n' "$1" >&2
  [ -z "${2-}" ] || printf '  next: %s\n' "$2" >&2
  exit 1
}

quoted() { # word, as a shell takes it
  rest=$1 done=
  while :; do
    case $rest in *\'*) done=$done${rest%%\'*}"'\\''" rest=${rest#*\'} ;; *) break ;; esac
  done
  printf "'%s'" "$done$rest"
}

for tool in id uname ls mkdir mv rm chmod tail head gzip sha256sum; do
  command -v "$tool" >/dev/null || fail "cannot unpack: program \"$tool\" not found in $PATH" \
    "Install it (coreutils, gzip), and run the same command again. The caller's PATH is not used."
done

self=$0
case $self in
  */*) ;;
  *) [ -f "$self" ] || self=$(PATH=$callers_path && command -v -- "$self") ;; # sh kubewright
esac
[ -r "$self" ] || fail "cannot read its own file \"$self\"" "Call it by its full path."
uid=$(id -u)

case $(uname -s).$(uname -m).$target in
  Linux.x86_64.x86_64 | Linux.aarch64.arm64 | Linux.arm64.arm64) ;;
  *) fail "this file is for Linux on $target, and this is $(uname -s) on $(uname -m)" "Take the file for this machine." ;;
esac

if [ -n "${KUBEWRIGHT_UNPACK_DIR:-}" ]; then
  base=$KUBEWRIGHT_UNPACK_DIR
elif [ "$uid" = 0 ]; then
  base=/var/lib/kubewright/bin
else
  case ${XDG_CACHE_HOME:-} in
    /*) base=$XDG_CACHE_HOME/kubewright ;;
    *)
      [ -n "${HOME:-}" ] || fail "cannot unpack: neither HOME nor XDG_CACHE_HOME is set" "Set HOME."
      base=$HOME/.cache/kubewright
      ;;
  esac
fi
case $base in
  *"$newline"*) fail "cannot unpack: the folder's name has more than one line" ;;
  /*) ;;
  *) fail "cannot unpack into \"$base\": it is not an absolute path" ;;
esac
elsewhere="Set KUBEWRIGHT_UNPACK_DIR to another folder that only this user can write, and run the same command again."

why=$(mkdir -p -- "$base" 2>&1) || fail "cannot make the folder \"$base\": ${why##*: }" "$elsewhere"
base=$(cd -P -- "$base" && pwd -P) || fail "cannot enter the folder \"$base\"" "$elsewhere"
case $base in *"$newline"*) fail "cannot unpack: the folder's name has more than one line" ;; esac

# Prints the first folder on the way down to base in which another user could put something else in its place.
loose_folder() {
  set --
  folder=$base
  while [ -n "$folder" ]; do
    set -- "$folder" "$@"
    folder=${folder%/*}
  done
  for folder in / "$@"; do
    ls -ldn -- "$folder" | {
      read -r mode _ owner _
      case $owner in 0 | "$uid") ;; *) exit 1 ;; esac
      case $mode in
        d????????[tT]*) [ "$folder" != "$base" ] ;; # in a sticky folder (/tmp) only the owner renames
        d????w* | d???????w*) exit 1 ;;
        d*) ;;
        *) exit 1 ;;
      esac
    } || {
      printf '%s\n' "$folder"
      return
    }
  done
}
loose=$(loose_folder)
[ -z "$loose" ] || fail "cannot unpack into \"$base\": other users may write to \"$loose\"" "chmod go-w $(quoted "$loose") (its owner has to be this user or root), or: $elsewhere"

# Whether the folder is private and has exactly the content that it is named after.
intact() { # folder
  [ -d "$1" ] && [ ! -L "$1" ] && [ -x "$1/deno" ] || return 1
  ls -ldn -- "$1" | {
    read -r mode _ owner _
    [ "$owner" = "$uid" ] || exit 1
    case $mode in drwx------*) ;; *) exit 1 ;; esac
  } || return 1
  (cd -- "$1" && printf '%s\n' "$sums" | sha256sum -c) >/dev/null 2>&1
}

extract() { # folder
  printf '%s\n' "$parts" | while read -r name offset length; do
    { tail -c "+$((payload_at + offset + 1))" "$self" 2>/dev/null | head -c "$length" | gzip -dc >"$1/$name"; } || exit 1
  done
}

# Makes "$folder" whole: unpacked beside it, checked, renamed. Two at once both end well.
unpack() {
  new=$base/.new.$$
  trap 'rm -rf -- "$new"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' HUP TERM
  why=$(mkdir -- "$new" "$new/program" 2>&1) || fail "cannot unpack into \"$base\": ${why##*: }" "$elsewhere"
  why=$(extract "$new" 2>&1) ||
    fail "cannot unpack into \"$base\": ${why##*: } ($((unpacked / 1000000 + 1)) MB are needed there)" \
      "Make room, or check this file against its .sha256, and run the same command again. $elsewhere"
  chmod 700 "$new/deno"
  if ! why=$("$new/deno" --version 2>&1); then
    case $why in
      *[Pp]"ermission denied"*) fail "cannot run what it unpacked into \"$base\": that file system is mounted noexec" "$elsewhere" ;;
      *) fail "cannot run what it unpacked: ${why##*: }" "A Linux with glibc 2.27 or later is needed (Alpine has another C library)." ;;
    esac
  fi
  intact "$new" || fail "this file is damaged: \"$self\" does not unpack to what it was built from" "Get it again, and check it against its .sha256."
  if [ -e "$folder" ] || [ -L "$folder" ]; then # unless another run has put it right in the meantime
    intact "$folder" || mv -- "$folder" "$new/replaced" || fail "cannot replace \"$folder\"" "Remove it, and run the same command again."
  fi
  # Where another run was faster, mv fails, or puts the new folder into the other one.
  mv -- "$new" "$folder" 2>/dev/null
  rm -rf -- "$new" "$folder/${new##*/}" "$folder/replaced"
  trap - EXIT INT HUP TERM
  intact "$folder" || fail "cannot unpack into \"$folder\": it does not keep what was written" "$elsewhere"
}

folder=$base/$content
for stale in "$base"/.new.*; do # of runs that were killed while they unpacked this or another release
  [ -d "$stale" ] && ! kill -0 "${stale##*.}" 2>/dev/null && rm -rf -- "$stale"
done
# Nothing kept on disk, and nothing of the user's settings for deno.
# Variables of deno and its libraries could add a CA, log the keys of TLS sessions, load code, or send elsewhere what
# happens here; deno reads some before the program's first line. (A second line of another variable's value does no harm.)
runtime_variables() {
  export -p | while read -r _ name; do
    name=${name#-x } # bash
    name=${name%%=*}
    case $name in
      *[!A-Za-z0-9_]*) ;;
      DENO_?* | NODE_?* | OTEL_?* | RUST_?* | SSLKEYLOGFILE | COMPLETE) printf '%s\n' "$name" ;;
    esac
  done
}
for name in $(runtime_variables); do unset "$name"; done
export DENO_DIR=/dev/null DENO_NO_UPDATE_CHECK=1 DENO_NO_PACKAGE_JSON=1
if ! intact "$folder"; then
  if [ -e "$folder" ] || [ -L "$folder" ]; then
    printf 'kubewright: "%s" is not what was unpacked there: unpacking it again\n' "$folder" >&2
  fi
  unpack
fi

if [ -n "$has_path" ]; then PATH=$callers_path; else unset PATH; fi
# shellcheck disable=SC2086 # a list of flags
exec "$folder/deno" run --quiet --no-config --no-lock --no-npm --no-remote --cached-only --no-code-cache $permissions \
  "$folder/program/entry.js" "$@"
exit 126
