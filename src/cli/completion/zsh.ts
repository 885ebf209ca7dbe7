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

/** `word:what it is`, as _describe takes it. */
const described = (rows: readonly (readonly [string, string])[]) =>
  rows.map(([word, what]) => quoted(`${word.replaceAll(":", "\\:")}:${what}`)).join(" ");

/** One line of a case: what completes the value of a flag. */
function valueLine(name: string, flag: Completable["flags"][number]): string[] {
  const value = valueOf(flag);
  if (value === undefined) return [];
  const spelt = spellings(flag).map((one) => quoted(`${name} ${one}`));
  const actions = [
    ...value.words.length > 0 ? [`compadd -- ${value.words.join(" ")}`] : [],
    ...value.path ? [value.path === "file" ? "_files" : "_files -/"] : [],
    ...value.phases ? ["_kubewright_list $phases"] : [],
  ];
  return [`    ${spelt.join("|")}) ${actions.join("; ") || ":"} ;;`];
}

const HEAD = `#compdef kubewright
# Completion of kubewright for zsh. Load it: source <(kubewright completion zsh)

_kubewright_list() {
  local before=
  if [[ $PREFIX == *,* ]]; then before=\${PREFIX%,*},; fi
  compset -P '*,'
  compadd -S '' -- "$@"
}

_kubewright() {
  local command= flag= word
  local -a args phases rows
  for word in \${words[2,CURRENT-1]}; do
    if [[ -n $flag ]]; then flag=; continue; fi
    if [[ $word == -* ]]; then
      if _kubewright_takes_value "$word"; then flag=$word; fi
    elif (( ! $#args )) && _kubewright_is_name "\${command:+$command }$word"; then
      command=\${command:+$command }$word
    else
      args+=($word)
    fi
  done
`;

const BODY = `  if [[ -z $flag && $PREFIX == --*=* ]]; then
    flag=\${PREFIX%%=*}
    compset -P '*='
  fi
  if [[ -n $flag ]]; then
    _kubewright_value "$command $flag"
    return
  fi
  if [[ $PREFIX == -* ]]; then
    _kubewright_flags "$command"
    return
  fi
  if [[ $command == *' phase' ]]; then
    local at=\${(j:/:)args} phase
    if [[ -n $at ]]; then at=$at/; fi
    for phase in $phases; do
      if [[ $phase != "$at"* ]]; then continue; fi
      rows+=(\${\${phase#"$at"}%%/*})
      if [[ -n $at ]]; then rows+=(all); fi
    done
    compadd -- \${(u)rows}
    return
  fi
  _kubewright_words "$command" $#args
}
`;

/** As a file in fpath it is the function's first run; sourced, it is only made known. */
const LOAD = `if [[ $funcstack[1] == _kubewright ]]; then _kubewright "$@"; else compdef _kubewright kubewright; fi`;

/** A function with one case after another; what it is given is the key. */
function table(name: string, lines: readonly string[]): string[] {
  return [`_kubewright_${name}() {`, `  case $1 in`, ...lines, `    *) return 1 ;;`, `  esac`, `}`, ``];
}

/** The completion of zsh (5 or newer). */
export function zshCompletion(all: Completables): string {
  const { commands } = all;
  const names = namesOf(all);
  const withPhases = commands.filter(({ phases }) => phases.length > 0);
  const valued = commands.flatMap(({ name, flags }) => flags.flatMap((flag) => valueLine(name, flag)));
  const wordLines = ["", ...names.keys()].flatMap((key) => {
    const next = nextWords(names, key);
    const args = commands.find(({ name }) => name === key)?.args ?? [];
    const actions = [
      ...next.length > 0 ? [`(( $2 )) || { rows=(${described(next)}); _describe command rows }`] : [],
      ...args.length > 0 ? [`compadd -- ${args.join(" ")}`] : [],
    ];
    return actions.length > 0 ? [`    ${quoted(key)}) ${actions.join("; ")} ;;`] : [];
  });
  const flagLines = commands.map(({ name, flags }) =>
    `    ${quoted(name)}) rows=(${
      described(flags.map((flag) => [`--${flag.name}`, flag.help] as const))
    }); _describe flag rows ;;`
  );
  return [
    HEAD.trimEnd(),
    `  case $command in`,
    ...withPhases.map(({ name, phases }) => `    ${quoted(name)}) phases=(${phases.join(" ")}) ;;`),
    `  esac`,
    BODY,
    ...table("is_name", [`    ${[...names.keys()].map(quoted).join("|")}) return 0 ;;`]),
    ...table("takes_value", [`    ${valuedFlags(commands).join("|")}) return 0 ;;`]),
    ...table("value", valued),
    ...table("words", wordLines),
    ...table("flags", [`    '') compadd -- --help --version ;;`, ...flagLines]),
    LOAD,
  ].join("\n");
}
