import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { completionScript, type Shell } from "../../../commands/completion/script.ts";
import { subcommands } from "../../../commands/subcommands.ts";
import { runJug } from "../../support/run_jug.ts";
import { withTempDir } from "../../support/temp_dir.ts";
import { hasTmux, type Terminal, withTerminal } from "../../support/terminal/terminal.ts";

const CLI = fileURLToPath(new URL("../../../cli.ts", import.meta.url));

const JUGFILE = `import { TaskGenerator } from "jug";
const square = TaskGenerator(function square(n: number) { return n * n; });
const cube = TaskGenerator(function cube(n: number) { return n ** 3; });
export const all = [square(2), cube(2)];
`;

/** How to start each shell, without the configuration of the user. */
const COMMANDS: Readonly<Record<Shell, readonly string[]>> = {
  bash: ["bash", "--norc", "--noprofile"],
  zsh: ["zsh", "-f"],
  fish: ["fish", "--no-config", "-C", "function fish_prompt; echo -n '> '; end"],
};

/** How to load the script in each shell. */
const LOADS: Readonly<Record<Shell, string>> = {
  bash: "source ./script",
  zsh: "autoload -Uz compinit; compinit -u -D; source ./script",
  fish: "source ./script",
};

function isInstalled(shell: Shell): boolean {
  try {
    return new Deno.Command(shell, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Calls `use` with a shell that completes, in a folder with the jugfile squares.ts, whose tasks were run, and the module
 * other.ts. The program is called `name`.
 */
async function withShell(shell: Shell, name: string, use: (terminal: Terminal) => Promise<void>): Promise<void> {
  await withTempDir(async (folder) => {
    Deno.mkdirSync(`${folder}/bin`);
    const program = `#!/bin/sh\nexec '${Deno.execPath()}' run -A --no-prompt --quiet '${CLI}' "$@"\n`;
    Deno.writeTextFileSync(`${folder}/bin/${name}`, program, { mode: 0o755 });
    const cwd = `${folder}/work`;
    Deno.mkdirSync(`${cwd}/parts`, { recursive: true });
    Deno.writeTextFileSync(`${cwd}/squares.ts`, JUGFILE);
    Deno.writeTextFileSync(`${cwd}/other.ts`, "export const other = 1;\n");
    Deno.writeTextFileSync(`${cwd}/script`, completionScript(shell, name, subcommands));
    assert.equal((await runJug(["execute", "squares.ts"], { cwd })).code, 0);
    // Completing must not run the jugfile.
    Deno.writeTextFileSync(`${cwd}/squares.ts`, `${JUGFILE}Deno.writeTextFileSync("was-run", "");\n`);
    const env = { HOME: folder, PS1: "> ", PATH: `${folder}/bin:${Deno.env.get("PATH")}`, XDG_CONFIG_HOME: folder };
    await withTerminal(COMMANDS[shell], { cwd, env }, async (terminal) => {
      await terminal.shows(/> *$/);
      await terminal.type(`${LOADS[shell]}; echo load''ed`);
      await terminal.press("Enter");
      await terminal.shows(/^loaded\n> *$/m);
      await use(terminal);
      await terminal.type("exit");
      await terminal.press("Enter");
      await terminal.ended();
    });
    assert.ok(![...Deno.readDirSync(cwd)].some((entry) => entry.name === "was-run"), "the jugfile was run");
  });
}

/** Types a line and Tab, waits until the line is as it should be, and removes it. */
async function completes(terminal: Terminal, typed: string, line: string): Promise<void> {
  await terminal.type(typed);
  await terminal.press("Tab");
  const pattern = line.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  await terminal.shows(new RegExp(`^> ${pattern} *$`, "m"));
  await terminal.press("C-u");
  await terminal.shows(/^> *$(?![^]*^> j)/m);
}

for (const shell of ["bash", "zsh", "fish"] as const) {
  const ignore = !hasTmux || !isInstalled(shell);
  if (ignore) console.warn(`${shell} or tmux is not installed: completion in ${shell} is not tested`);

  Deno.test({
    name: `${shell} completes subcommands, options, values, jugfiles and names of tasks`,
    ignore,
    fn: () =>
      withShell(shell, "jug", async (terminal) => {
        await completes(terminal, "jug statu", "jug status");
        await completes(terminal, "jug help exec", "jug help execute");
        await completes(terminal, "jug run --keep-g", "jug run --keep-going");
        await completes(terminal, "jug execute -j a", "jug execute -j auto");
        await completes(terminal, "jug status --verbose=q", "jug status --verbose=quiet");
        await completes(terminal, "jug completions fi", "jug completions fish");
        // Neither the jugdir nor a module that does not import jug.
        await completes(terminal, "jug execute sq", "jug execute squares.ts");
        await completes(
          terminal,
          "jug execute squares.ts --target squares.c",
          "jug execute squares.ts --target squares.cube",
        );
        await completes(terminal, "jug execute squares.ts --target=cu", "jug execute squares.ts --target=cube");
        await completes(terminal, "jug log squares.ts squares.s", "jug log squares.ts squares.square");
        await completes(terminal, "jug status --jugdir sqli", "jug status --jugdir sqlite:");
        await completes(terminal, "jug status --jugdir par", "jug status --jugdir parts/");
        await completes(terminal, "jug status --jugdir sqlite:oth", "jug status --jugdir sqlite:other.ts");
        await completes(terminal, "jug permissions squares.ts statu", "jug permissions squares.ts status");
        await completes(terminal, "jug execute squares.ts -- oth", "jug execute squares.ts -- other.ts");
      }),
  });

  Deno.test({
    name: `${shell} completes under a name of the user's choice, and says nothing if the jugdir is missing`,
    ignore,
    fn: () =>
      withShell(shell, "my-jug", async (terminal) => {
        await completes(terminal, "my-jug log squares.ts squares.c", "my-jug log squares.ts squares.cube");
        await completes(
          terminal,
          "my-jug log squares.ts --jugdir none squares.c",
          "my-jug log squares.ts --jugdir none squares.c",
        );
      }),
  });
}
