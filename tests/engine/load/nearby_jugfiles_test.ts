import assert from "node:assert/strict";
import { remedyForAbsent } from "../../../engine/load/nearby_jugfiles.ts";
import { withTempDir } from "../../support/temp_dir.ts";

Deno.test("the remedy for a missing jugfile names the most similar one and the existing ones", () =>
  withTempDir((folder) => {
    const remedy = (name: string) => remedyForAbsent(`${folder}/${name}`).replaceAll(`${folder}/`, "");
    assert.match(remedyForAbsent(`${folder}/nowhere/x.ts`), /^There is no folder .*nowhere$/);
    Deno.writeTextFileSync(`${folder}/helper.ts`, "export const x = 1; // from jug\n");
    Deno.writeTextFileSync(`${folder}/notes.txt`, 'import { TaskGenerator } from "jug";\n');
    assert.equal(remedy("primes.ts"), "That folder has no jugfile: `jug init FOLDER` makes one");
    Deno.writeTextFileSync(`${folder}/primes.ts`, 'import { TaskGenerator } from "jug";\n');
    assert.equal(remedy("prime.ts"), "Did you mean primes.ts?");
    assert.equal(remedy("jugfile.ts"), "The only jugfile there is primes.ts");
    Deno.writeTextFileSync(
      `${folder}/words.js`,
      "import { TaskGenerator }\n  from 'https://example.org/jug/mod.ts';\n",
    );
    assert.equal(remedy("primes"), "Did you mean primes.ts? The jugfiles there are primes.ts, words.js");
    assert.equal(remedy("jugfile.ts"), "The jugfiles there are primes.ts, words.js");
    for (let n = 0; n < 10; n++) Deno.writeTextFileSync(`${folder}/a${n}.ts`, 'import "jug";\n');
    assert.match(remedy("zzz"), /^The jugfiles there are a0\.ts, .*a7\.ts, and 4 more$/);
    return Promise.resolve();
  }));
