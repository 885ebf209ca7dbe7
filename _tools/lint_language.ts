/**
 * Lint plugin: the glossary of what kubewright says. A message is read at night by people who may not be native speakers,
 * so every string a user can see uses the words of the Kubernetes documentation. Each row names a wording that is
 * rejected and what to write instead.
 * @module
 */

/** Rejected wording, and what to write instead. */
export const GLOSSARY: readonly (readonly [rejected: RegExp, instead: string])[] = [
  [/\bmend(?:s|ed|ing)?\b/i, '"fix"'],
  [/\bgo(?:es|ing)? on\b/i, '"continue"'],
  [/\bgood (?:until|for|through)\b|\bno good\b/i, '"expires …", "valid", "rejected"'],
  [/\bfor ever\b|\bforever\b/i, '"never expires"'],
  [
    /\b(?:some|no|any)body\b|\bwhoever\b|\bsomebody else's\b/i,
    '"another program", "anyone", "kubewright does not manage"',
  ],
  [/\bbesides?\b/i, '"also", "in addition to", "next to"'],
  [/\b(?:goes?|taken?) (?:not )?together\b|\bgoes? not\b/i, '"mutually exclusive", "cannot be combined with"'],
  [/\boperands?\b/i, '"argument"'],
  [/\bnone of\b/i, '"must be one of …; got …"'],
  [/\b(?:is|are|was|were) no\b(?! (?:longer|more)\b)/i, '"is not a …", "no … found", "no such …"'],
  [/\b(?:is|are|was|were) (?:not |still |already )?there\b/i, '"exists", "already exists", "does not exist"'],
  [/\btaken for\b/i, '"accepted for", "treated as"'],
  [/\b(?:tells?|told|says?|said|speaks?|spoke)\b/i, '"report", "show", "print"'],
  [/(?<!\b(?:is|are|not|un|well-))\b(?:knows?|knew)\b/i, '"support", "recognize", "read"'],
  [/\banew\b/i, '"again"'],
  [/\bto come\b/i, '"in the future"'],
  [/\bunless told\b|\bif you know better\b/i, 'name the flag: "To skip this check: --…"'],
  [/\bkubeadm's sake\b/i, '"kubeadm compatibility"'],
  [/\boff this host\b/i, '"from this host"'],
  [/\bsoon to be wrong\b|\bnot seen\b/i, '"Warnings", "Could not check"'],
];

/** A text with words in it: names, paths, keys and flags alone are not sentences. */
const SENTENCE = /[A-Za-z,.:;] [A-Za-z(]/;

const plugin: Deno.lint.Plugin = {
  name: "kubewright-language",
  rules: {
    glossary: {
      create(context) {
        if (!/\/(?:src\/.*|mod)\.ts$/.test(context.filename) || /_test\.ts$/.test(context.filename)) return {};
        const check = (node: Deno.lint.Node, text: string) => {
          if (!SENTENCE.test(text)) return;
          for (const [rejected, instead] of GLOSSARY) {
            const found = rejected.exec(text)?.[0];
            if (found !== undefined) context.report({ node, message: `"${found}" in a message: write ${instead}` });
          }
        };
        return {
          Literal(node) {
            if (typeof node.value === "string") check(node, node.value);
          },
          TemplateElement(node) {
            check(node, node.cooked);
          },
        };
      },
    },
  },
};
export default plugin;
