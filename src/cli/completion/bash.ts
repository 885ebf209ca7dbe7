import {
  type Completable,
  type Completables,
  namesOf,
  nextWords,
  quoted,
  spellings,
  valuedFlags,
  valueOf,
} from "./table.ts";

/** Lines `table[key]=words`, without those that have no words. */
function assignments(table: string, rows: readonly (readonly [string, readonly string[]])[]): string[] {
  return rows.filter(([, words]) => words.length > 0)
    .map(([key, words]) => `_kubewright_${table}[${quoted(key || ".")}]=${quoted(words.join(" "))}`); // no key is empty
}

/** What a value is completed with, as the function below reads it: `@file`, `@directory`, `@phases`, words, or `-`. */
function valueWords(flag: Completable["flags"][number]): string[] | undefined {
  const value = valueOf(flag);
  if (value === undefined) return undefined;
  const words = [...value.words, ...value.path ? [`@${value.path}`] : [], ...value.phases ? ["@phases"] : []];
  return words.length > 0 ? words : ["-"];
}

/** Finds the command and its arguments among the words so far, then completes a value, a flag or the next word. */
const FUNCTION = `
_kubewright() {
  local cur=\${COMP_WORDS[COMP_CWORD]} command= flag= kind= word i args=() words=
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == = ]]; then continue; fi
    if [[ -n $flag && ( \${COMP_WORDS[i-1]} == "$flag" || \${COMP_WORDS[i-1]} == = ) ]]; then flag=; continue; fi
    flag=
    if [[ $word == -* ]]; then
      if [[ -n \${_kubewright_valued["$word"]} ]]; then flag=$word; fi
    elif [[ -n \${_kubewright_names["\${command:+$command }$word"]} && \${#args[@]} == 0 ]]; then
      command=\${command:+$command }$word
    else
      args+=("$word")
    fi
  done
  if [[ $cur == = ]]; then cur=; fi
  if [[ -n $flag ]]; then
    for kind in \${_kubewright_values["$command $flag"]}; do
      case $kind in
        -) ;;
        @file) compopt -o filenames 2>/dev/null; mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur") ;;
        @directory) compopt -o filenames 2>/dev/null; mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$cur") ;;
        @phases)
          local before=
          if [[ $cur == *,* ]]; then before=\${cur%,*},; fi
          compopt -o nospace 2>/dev/null
          mapfile -t COMPREPLY < <(compgen -P "$before" -W "\${_kubewright_phases["\${command:-.}"]}" -- "\${cur##*,}") ;;
        *) mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$kind" -- "$cur") ;;
      esac
    done
    return
  fi
  if [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "\${_kubewright_flags["\${command:-.}"]}" -- "$cur")
    return
  fi
  words="\${_kubewright_args["\${command:-.}"]}"
  if [[ \${#args[@]} == 0 ]]; then words+=" \${_kubewright_next["\${command:-.}"]}"; fi
  if [[ $command == *" phase" ]]; then
    local at= phase below
    for word in "\${args[@]}"; do at+=$word/; done
    for phase in \${_kubewright_phases["\${command:-.}"]}; do
      if [[ $phase != "$at"* ]]; then continue; fi
      below=\${phase#"$at"}
      words+=" \${below%%/*}"
      if [[ -n $at ]]; then words+=" all"; fi
    done
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur" | sort -u)
}
complete -F _kubewright kubewright
`;

/** The completion of bash (4.4 or newer). */
export function bashCompletion(all: Completables): string {
  const { commands } = all;
  const names = namesOf(all);
  const keys = ["", ...names.keys()];
  return [
    "# Completion of kubewright for bash 4.4 or newer. Load it: source <(kubewright completion bash)",
    "declare -gA _kubewright_names=() _kubewright_next=() _kubewright_flags=() _kubewright_values=()",
    "declare -gA _kubewright_args=() _kubewright_phases=() _kubewright_valued=()",
    ...assignments("names", [...names.keys()].map((name) => [name, ["1"]])),
    ...assignments("next", keys.map((key) => [key, nextWords(names, key).map(([word]) => word)])),
    ...assignments("flags", [
      ["", ["--help", "--version"]],
      ...commands.map(({ name, flags }) => [name, flags.map((flag) => `--${flag.name}`)] as const),
    ]),
    ...assignments("valued", valuedFlags(commands).map((flag) => [flag, ["1"]])),
    ...assignments(
      "values",
      commands.flatMap(({ name, flags }) =>
        flags.flatMap((flag) => spellings(flag).map((spelt) => [`${name} ${spelt}`, valueWords(flag) ?? []] as const))
      ),
    ),
    ...assignments("args", commands.map(({ name, args }) => [name, args])),
    ...assignments("phases", commands.map(({ name, phases }) => [name, phases])),
  ].join("\n") + FUNCTION.trimEnd();
}
