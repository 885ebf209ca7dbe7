/** What to do next, and the commands that do it. */
export interface Step {
  what: string;
  /** Command lines, quoted for a shell. */
  commands?: readonly string[];
}

/** The steps in order, numbered, each command on a line of its own. */
export function nextSteps(steps: readonly Step[]): string {
  const texts = steps.map(({ what, commands = [] }, i) =>
    [`  ${i + 1}. ${what}`, ...commands.length > 0 ? ["", ...commands.map((command) => `       ${command}`)] : []].join(
      "\n",
    )
  );
  return ["Next steps:", ...texts].join("\n\n");
}
