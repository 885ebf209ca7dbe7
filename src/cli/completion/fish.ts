import { type Completable, type Completables, namesOf, nextWords, type Value, valuedFlags, valueOf } from "./table.ts";

/** In single quotes, in which fish interprets the backslash. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

const FUNCTIONS = `function __kubewright_words
    set -l name ''
    set -l args
    set -l valued ''
    for word in (commandline -opc)[2..]
        if test -n "$valued"
            set valued ''
        else if string match -q -- '-*' $word
            if contains -- $word $__kubewright_valued
                set valued $word
            end
        else if test (count $args) -eq 0; and contains -- (string trim -- "$name $word") $__kubewright_names
            set name (string trim -- "$name $word")
        else
            set -a args $word
        end
    end
    printf '%s\\n' "$name" $args
end

function __kubewright_at
    set -l words (__kubewright_words)
    test "$words[1]" = "$argv[1]"
end

function __kubewright_before
    set -l words (__kubewright_words)
    test (count $words) -eq 1; and test "$words[1]" = "$argv[1]"
end

function __kubewright_phases
    set -l words (__kubewright_words)
    set -l at (string join / -- $words[2..])
    test -n "$at"; and set at "$at/"
    for phase in $argv
        if string match -q -- "$at*" $phase
            string split -m 1 / -- (string replace -- "$at" '' $phase) | head -n 1
            test -n "$at"; and echo all
        end
    end
end

function __kubewright_list
    set -l before (string match -r -- '^.*,' (string replace -r -- '^--[^=]*=' '' (commandline -ct)))
    for word in $argv
        echo "$before$word"
    end
end
`;

/** The part of a \`complete\` line for a value. */
function valueArguments(value: Value, phases: readonly string[]): string {
  if (value.phases) return ` -x -a ${quoted(`(__kubewright_list ${phases.join(" ")})`)}`;
  if (value.path === "file") return ` -r -F${value.words.length > 0 ? ` -a ${quoted(value.words.join(" "))}` : ""}`;
  if (value.path === "directory") return ` -x -a '(__fish_complete_directories)'`;
  return ` -x${value.words.length > 0 ? ` -a ${quoted(value.words.join(" "))}` : ""}`;
}

function linesOf({ name, flags, args, phases }: Completable): string[] {
  const at = quoted(`__kubewright_at ${quoted(name)}`);
  const flagLines = flags.map((flag) => {
    const value = valueOf(flag);
    const short = flag.short ? ` -s ${flag.short}` : "";
    const how = value ? valueArguments(value, phases) : "";
    return `complete -c kubewright -n ${at} -l ${flag.name}${short}${how} -d ${quoted(flag.help)}`;
  });
  return [
    ...flagLines,
    ...args.length > 0 ? [`complete -c kubewright -n ${at} -a ${quoted(args.join(" "))}`] : [],
    ...name.endsWith(" phase")
      ? [`complete -c kubewright -n ${at} -a ${quoted(`(__kubewright_phases ${phases.join(" ")})`)}`]
      : [],
  ];
}

/** The completion of fish (3 or newer). */
export function fishCompletion(all: Completables): string {
  const { commands } = all;
  const names = namesOf(all);
  const words = ["", ...names.keys()].flatMap((key) =>
    nextWords(names, key).map(([word, what]) =>
      `complete -c kubewright -n ${quoted(`__kubewright_before ${quoted(key)}`)} -a ${word} -d ${quoted(what)}`
    )
  );
  return [
    "# Completion of kubewright for fish. Load it: kubewright completion fish | source",
    `set -g __kubewright_names ${[...names.keys()].map(quoted).join(" ")}`,
    `set -g __kubewright_valued ${valuedFlags(commands).join(" ")}`,
    FUNCTIONS,
    "complete -c kubewright -e",
    "complete -c kubewright -f",
    ...words,
    `complete -c kubewright -n "__kubewright_before ''" -l version -d 'print the version'`,
    ...commands.flatMap(linesOf),
  ].join("\n");
}
