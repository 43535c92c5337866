import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { optionsOf } from "../../commands/cli/common_options.ts";
import { namesOf } from "../../commands/cli/declaration.ts";
import { subcommands } from "../../commands/subcommands.ts";
import { libraryExports, referencePages } from "../../tools/reference.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => Deno.readTextFileSync(`${ROOT}${path}`);

Deno.test("the reference pages are what `deno task reference` writes", async () => {
  for (const [path, text] of await referencePages()) {
    assert.equal(read(path), text, `${path} is out of date: run deno task reference`);
  }
});

Deno.test("every subcommand and each of its options is in the reference", () => {
  const page = read("docs/reference/commands.md");
  for (const command of subcommands) {
    const section = page.split(/^## /m).find((part) => part.startsWith(`jug ${command.name}\n`)) ?? "";
    for (const option of optionsOf(command)) {
      for (const name of namesOf(option).all) {
        assert.ok(new RegExp(`(^|[ ,])${name}\\b`, "m").test(section), `${name} of jug ${command.name}`);
      }
    }
  }
});

Deno.test("every export is in the reference, with what it is", async () => {
  const page = read("docs/reference/library.md");
  const exports = await libraryExports();
  assert.ok(exports.length > 50);
  for (const { name, category, summary } of exports) {
    assert.ok(page.includes(`| \`${name}\` `), name);
    assert.ok(category !== "" && summary !== "", name);
  }
});
