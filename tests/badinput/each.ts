/** A test for each bad input. @module */
import assert from "node:assert/strict";
import { type Category, shortcomings } from "./case.ts";

const names = new Set<string>();

/**
 * Makes each bad input of these kinds a test of its own: `bad input: KIND: NAME`.
 * @throws {Error} when two have one name.
 */
export function testEach(categories: readonly Category[]): void {
  for (const category of categories) {
    for (const bad of category.cases()) {
      const name = `bad input: ${category.name}: ${bad.name}`;
      if (names.has(name)) throw new Error(`Cannot test "${name}": two have this name`);
      names.add(name);
      Deno.test(name, async () => {
        const wrong = await shortcomings("make" in bad ? await bad.make() : bad);
        if (wrong.length > 0) assert.fail(wrong.join("\n"));
      });
    }
  }
}
