import assert from "node:assert/strict";
import { posix } from "node:path";
import { GENERATED, skillText } from "../../../tools/skill.ts";
import { runJug } from "../../support/run_jug.ts";
import { withTempDir } from "../../support/temp_dir.ts";

const FILES = ["skills/jug/SKILL.md", "skills/jug/references/problems.md", "skills/jug/references/writing.md"];
const INSTALL = ["install-skills", "--output", "skills"];

Deno.test("the skill that jug contains is that of docs/assistant", () => {
  const stored = Deno.readTextFileSync(new URL(`../../../${GENERATED}`, import.meta.url));
  assert.equal(stored, skillText(), "run `deno task skill`");
});

Deno.test("`jug install-skills` copies the skill, whose links lead to files that are there", () =>
  withTempDir(async (cwd) => {
    const { code, stdout, stderr } = await runJug(INSTALL, { cwd });
    assert.deepEqual([code, stdout.trim().split("\n"), stderr], [0, FILES, ""]);
    for (const path of FILES) {
      const text = Deno.readTextFileSync(`${cwd}/${path}`);
      assert.doesNotMatch(text, /<!--/);
      for (const [, target = ""] of text.matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
        assert.ok(FILES.includes(posix.join(posix.dirname(path), target)), `${path} refers to ${target}`);
      }
    }
    assert.match(Deno.readTextFileSync(`${cwd}/${FILES[0]}`), /^---\nname: jug\ndescription: .+\n---\n/);
  }));

Deno.test("`jug install-skills` replaces files only with --force, and otherwise writes none", () =>
  withTempDir(async (cwd) => {
    await runJug(INSTALL, { cwd });
    const [skill, problems, writing] = FILES.map((path) => `${cwd}/${path}`);
    assert.ok(skill && problems && writing);
    Deno.writeTextFileSync(writing, "my own notes\n");
    Deno.removeSync(problems);
    const refused = await runJug(INSTALL, { cwd });
    assert.deepEqual([refused.code, refused.stdout], [2, ""]);
    assert.match(refused.stderr, /^jug: skills\/jug\/\S+ already exists\n {2}Give --force to replace it\n$/);
    assert.equal(Deno.readTextFileSync(writing), "my own notes\n");
    assert.throws(() => Deno.lstatSync(problems), Deno.errors.NotFound);
    const forced = await runJug([...INSTALL, "--force"], { cwd });
    assert.equal(forced.code, 0, forced.stderr);
    assert.match(Deno.readTextFileSync(writing), /^# Writing jugfiles/);
    assert.ok(Deno.lstatSync(problems).isFile);
  }));

Deno.test("`jug install-skills` says what is wrong with its folder", () =>
  withTempDir(async (cwd) => {
    for (const words of [["install-skills"], ["install-skills", "--output", ""]]) {
      const { code, stderr } = await runJug(words, { cwd });
      assert.equal(code, 2);
      assert.equal(stderr, "jug: no folder was named\n  Give --output and the folder of skills\n");
    }
    Deno.writeTextFileSync(`${cwd}/file`, "");
    const { code, stderr } = await runJug(["install-skills", "--output", "file"], { cwd });
    assert.deepEqual([code, stderr.split("\n")[1]], [2, "  Name another folder, in which you may write"], stderr);
  }));

Deno.test("the flags that `jug permissions install-skills` prints suffice", () =>
  withTempDir(async (cwd) => {
    const printed = await runJug(["permissions", "install-skills", "skills"], { cwd });
    assert.equal(printed.stdout, "--allow-read=skills --allow-write=skills\n", printed.stderr);
    const permissions = printed.stdout.trim().split(" ");
    const { code, stderr } = await runJug(INSTALL, { cwd, permissions });
    assert.equal(code, 0, stderr);
    const refused = await runJug(["permissions", "install-skills"], { cwd });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /Write `jug permissions install-skills DIR`/);
  }));
