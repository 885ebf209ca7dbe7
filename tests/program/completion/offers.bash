# $1: the completion of bash; other arguments: lines. Calls the function as readline would, words broken at blanks and
# equals signs, and prints for each one line: what is offered, between tabs.
source "$1"
for line in "${@:2}"; do
  spaced=${line//=/ = }
  read -ra COMP_WORDS <<<"$spaced"
  if [[ $spaced == *" " ]]; then COMP_WORDS+=(""); fi
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _kubewright
  (IFS=$'\t'; printf '%s\n' "${COMPREPLY[*]}")
done
