/**
 * Lint plugin: a command that the program prints is one that a shell takes as it is meant, whatever names are in it. What
 * stands in a command line, or in a hint, goes through `shellWord` (src/text/shell.ts), or is of a kind that needs none.
 * @module
 */

/** The last command line that begins in a message, and a flag with its value in a sentence. */
const COMMAND = new RegExp(
  "^[^]*(?:^|[\\s(`|])((?:" +
    [
      "(?:mv|rm|ls|cp|cat|chown|chmod|umount|curl|ip|tail|head|grep|ps|kill|ss|getent|sysctl|echo|env|crictl|ctr|stat)",
      "(?:systemctl|journalctl|firewall-cmd|kubectl|nft|ip6?tables|openssl|modprobe|rmdir|mkdir|touch|tee|ln|sudo|sh|bash)",
      "kubewright (?:init|join|reset|certs|token|status|kubeconfig|config)|kubeadm (?:init|join|reset|certs|token)",
      "(?<=[\\s(])--[a-z][a-z-]*",
    ].join("|") +
    ')[ =][^"\\n]*)$',
);

/** What ends a command line: the sentence goes on in words. */
const AFTER = /(?:[,.;:]\s|\)|")[^"]*$/;

/** Functions whose result is text that a shell takes. */
const QUOTING = /^(?:shellWord|commandLine|moveAway|\w*[hH]int)$/;

/**
 * Names of what may be there unquoted, as nobody else chooses its characters: numbers, and names of ours (units of
 * container runtimes, phases, certificates, commands, kinds, packages), and `fix`, a command that was quoted where it was made (file_trust.ts).
 */
const SAFE = /^(?:ports?|pid|count|lines|unit|unitOf|runtimeUnit|spec|command|known|kind|from|fix)$/;

/** An interpolation, or text. */
type Part = string | Deno.lint.Node;

/** Whether a "+" puts text together. */
function isText(node: Deno.lint.Node): boolean {
  return node.type === "TemplateLiteral" || node.type === "Literal" && typeof node.value === "string" ||
    node.type === "BinaryExpression" && node.operator === "+" && (isText(node.left) || isText(node.right));
}

/** The text and the interpolations of a template, or of strings put together by "+". */
function partsOf(node: Deno.lint.Node): Part[] {
  if (node.type === "Literal" && typeof node.value === "string") return [node.value];
  if (node.type === "BinaryExpression" && node.operator === "+") return [...partsOf(node.left), ...partsOf(node.right)];
  if (node.type === "TemplateLiteral") {
    return node.quasis.flatMap(({ cooked }, i): Part[] => {
      const expression = node.expressions[i];
      return expression === undefined ? [cooked] : [cooked, expression];
    });
  }
  return [node];
}

/** What the variables of a file are made of, by their names. */
type Declared = ReadonlyMap<string, readonly Deno.lint.Node[]>;

/** The same but for one name: a variable that is made of itself is made of nothing that is known. */
function without(declared: Declared, name: string): Declared {
  return new Map([...declared].filter(([other]) => other !== name));
}

/** Whether it is text that a shell takes: quoted, a constant of ours, a number, a choice of such. */
function isSafe(node: Deno.lint.Node, declared: Declared): boolean {
  switch (node.type) {
    case "Literal":
      return true;
    case "TemplateLiteral":
      return node.expressions.every((one) => isSafe(one, declared));
    case "ConditionalExpression":
      return isSafe(node.consequent, declared) && isSafe(node.alternate, declared);
    case "LogicalExpression":
      return isSafe(node.left, declared) && isSafe(node.right, declared);
    case "Identifier":
      return /^[A-Z][A-Z0-9_]*$/.test(node.name) || SAFE.test(node.name) ||
        (declared.get(node.name)?.every((value) => isSafe(value, without(declared, node.name))) ?? false);
    case "MemberExpression":
      return node.property.type === "Identifier" &&
          (node.property.name === "length" || SAFE.test(node.property.name)) || isSafe(node.object, declared);
    case "CallExpression": {
      const { callee } = node;
      if (callee.type === "Identifier") return QUOTING.test(callee.name) || SAFE.test(callee.name);
      // words.map(shellWord).join(" "), and what is cut of such.
      if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return false;
      const [first] = node.arguments;
      if (callee.property.name === "map" && first?.type === "Identifier") return QUOTING.test(first.name);
      if (callee.property.name === "map" && first?.type === "ArrowFunctionExpression") {
        return isSafe(callee.object, declared) || isSafe(first.body, declared);
      }
      return ["join", "slice"].includes(callee.property.name) && isSafe(callee.object, declared);
    }
    default:
      return false;
  }
}

/** Whether the text is what is said as a hint: the value of something of that name, or an argument beside one. */
function isHint(node: Deno.lint.Node): boolean {
  for (
    let at: Deno.lint.Node | undefined = node;
    at !== undefined;
    at = "parent" in at ? at.parent as Deno.lint.Node : undefined
  ) {
    const name = at.type === "Property" && at.key.type === "Identifier"
      ? at.key.name
      : at.type === "VariableDeclarator" && at.id.type === "Identifier"
      ? at.id.name
      : undefined;
    if (name !== undefined) return /^hints?$/i.test(name);
    if (/Statement|Function|Program|Template/.test(at.type) && at !== node) return false;
  }
  return false;
}

const plugin: Deno.lint.Plugin = {
  name: "kubewright-shell",
  rules: {
    "printed-commands": {
      create(context) {
        if (!/\/(?:src\/.*|mod)\.ts$/.test(context.filename) || /_test\.ts$/.test(context.filename)) return {};
        const declared = new Map<string, Deno.lint.Node[]>();
        const found: { part: Deno.lint.Node; where: string }[] = [];
        const check = (node: Deno.lint.Node) => {
          if (!isText(node) || "parent" in node && isText(node.parent as Deno.lint.Node)) return;
          const hint = isHint(node);
          let before = "";
          for (const part of partsOf(node)) {
            if (typeof part === "string") {
              before += part;
              continue;
            }
            const command = COMMAND.exec(before)?.[1];
            const isQuoted = (before.split('"').length - 1) % 2 === 1; // a value in a sentence
            if (command !== undefined && !AFTER.test(command)) found.push({ part, where: "command" });
            else if (hint && !isQuoted) found.push({ part, where: "hint" });
            before += "X";
          }
        };
        return {
          TemplateLiteral: check,
          BinaryExpression: check,
          VariableDeclarator({ id, init }) {
            if (id.type === "Identifier" && init) declared.set(id.name, [...declared.get(id.name) ?? [], init]);
          },
          "Program:exit"() {
            for (const { part, where } of found) {
              if (isSafe(part, declared)) continue;
              const text = context.sourceCode.getText(part);
              const message = `"${text}" stands in a ${where}: quote it for a shell, shellWord(…)`;
              context.report({ node: part, message });
            }
          },
        };
      },
    },
  },
};
export default plugin;
