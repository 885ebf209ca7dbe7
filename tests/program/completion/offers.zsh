# $1: the completion of zsh; other arguments: lines. Completes them in an interactive zsh on a terminal of its own, and
# prints for each one line: what is offered, between tabs.
zmodload zsh/zpty zsh/zselect
offers=$(mktemp)
zpty -b inner "OFFERS=$offers zsh -f -i"
zpty -w inner "PS1= PS2= LISTMAX=100000; autoload -U compinit; compinit -u -D; source $1
compadd() {
  if [[ \" \${@[1,(i)(-|--)]} \" == *' -'[OAD]' '* ]]; then builtin compadd \"\$@\"; return; fi
  local -a found; builtin compadd -A found \"\$@\"; print -rl -- \$found >>\$OFFERS; builtin compadd \"\$@\"
}
offer() { zle list-choices; print -r -- END >>\$OFFERS }
zle -N offer; bindkey '^T' offer; bindkey '^U' kill-whole-line; print -r -- READY >>\$OFFERS"
wait_for() {
  repeat 1000; do
    if [[ "$(<$offers)" == *"$1"* ]]; then return; fi
    while zpty -r -t inner shown; do :; done # or it would wait for a reader
    zselect -t 1 # 10 ms, without a process for it
  done
  print -u 2 "zsh never said $1"
  exit 1
}
wait_for READY
for line in "${@[2,-1]}"; do
  : >$offers
  zpty -n -w inner "$line"$'\C-t'
  wait_for END
  found=(${(uf)"$(<$offers)"})
  print -r -- ${(pj:\t:)found:#END}
  zpty -n -w inner $'\C-u'
done
zpty -d inner
rm -f $offers
