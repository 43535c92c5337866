/**
 * Runs the code blocks of a page: in order, in one folder, in one shell, as a reader would.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { copyFolder } from "../copy_folder.ts";
import { withTempDir } from "../temp_dir.ts";
import type { Block, Page } from "./markdown.ts";
import { differs, type Step, stepsOf } from "./session.ts";

/** The longest that a page may take on a busy machine, in seconds. */
const LIMIT_S = 240;

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** The languages of blocks that hold no code to run: output, pictures, and data that is not written to a file. */
const SHOWN = new Set([
  "",
  "text",
  "json",
  "jsonc",
  "mermaid",
  "diff",
  "html",
  "css",
  "py",
  "python",
  "lua",
  "yaml",
  "ini",
]);

/** Whether the block is run or written, if no marker prevents that. */
export function isRun({ language, markers }: Block): boolean {
  return markers.notRun === undefined && (markers.file !== undefined || !SHOWN.has(language));
}

/** Something of the page that the shell does, and how its output is judged. */
interface Action {
  readonly line: number;
  readonly script: string;
  readonly statuses: readonly number[];
  judge(output: string): string | undefined;
}

/** Runs the blocks of the page. Returns what is wrong with them: nothing if all is well. */
export function runPage(page: Page): Promise<string[]> {
  const actions = page.blocks.filter(isRun).flatMap(actionsOf);
  if (actions.length === 0) return Promise.resolve([]);
  return withTempDir(async (outer) => {
    const folder = `${outer}/ann`; // pages show /home/ann
    Deno.mkdirSync(folder);
    Deno.mkdirSync(`${outer}/bin`);
    if (page.isInCheckout) linkCheckout(folder);
    const deno = `exec ${quote(Deno.execPath())}`;
    const executables = {
      deno: `${deno} "$@"`,
      jug: `${deno} run -A --quiet --no-prompt --no-lock --config ${ROOT}deno.json ${ROOT}cli.ts "$@"`,
    };
    for (const [name, line] of Object.entries(executables)) {
      Deno.writeTextFileSync(`${outer}/bin/${name}`, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
    }
    const end = crypto.randomUUID();
    const script = actions.map(({ script, statuses }) =>
      `${script}\nstatus=$?\necho "${end} $status"\ncase " ${
        statuses.join(" ")
      } " in *" $status "*) ;; *) exit;; esac\n(exit $status)`
    );
    Deno.writeTextFileSync(`${outer}/page.sh`, `exec 2>&1\n${script.join("\n")}\n`);
    const output = await shell(outer, folder);
    const host = new RegExp(`\\b${RegExp.escape(Deno.hostname())}(?=[:,])`, "g"); // as in `node7:4711.0`
    return judgeAll(actions, output.replaceAll(folder, "/home/ann").replaceAll(host, "node7"), end).map((text) =>
      `${page.path}:${text}`
    );
  });
}

async function shell(outer: string, folder: string): Promise<string> {
  const child = new Deno.Command("setsid", {
    // `timeout` kills the whole group. Commands that outlive the shell would keep the pipe open.
    args: ["--wait", "timeout", "--signal=KILL", String(LIMIT_S), "bash", `${outer}/page.sh`],
    cwd: folder,
    env: {
      NO_COLOR: "1",
      HOME: outer,
      XDG_CONFIG_HOME: `${outer}/.config`,
      DENO_DIR: denoDir(),
      PATH: `${outer}/bin:${Deno.env.get("PATH")}`,
      USER: "ann",
      CHECKOUT: ROOT.slice(0, -1), // for commands that readers do not see
    },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = await new Response(child.stdout).text();
  await child.status;
  return output;
}

/** The cache of Deno, which lies in the home folder by default; pages get another home. */
function denoDir(): string {
  const home = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`;
  return Deno.env.get("DENO_DIR") ?? `${home}/deno`;
}

function judgeAll(actions: readonly Action[], output: string, end: string): string[] {
  const parts = output.split(new RegExp(`${end} (\\d+)\n`));
  const findings: string[] = [];
  for (const [index, { line, script, statuses, judge }] of actions.entries()) {
    const printed = parts[2 * index] ?? "";
    const status = parts[2 * index + 1];
    if (status === undefined) {
      findings.push(`${line}: this did not end:\n${script}\n${printed}`);
      break;
    }
    if (!statuses.includes(Number(status))) {
      findings.push(`${line}: exit status ${status}, not ${statuses.join(" or ")}:\n${script}\n${printed}`);
      break;
    }
    const reason = judge(printed);
    if (reason !== undefined) findings.push(`${line}: ${reason}`);
  }
  return findings;
}

function actionsOf(block: Block): Action[] {
  const { line, language, text, markers: { file, appends, varies, statuses, isScript } } = block;
  const plain = { line, statuses, judge: () => undefined };
  if (file !== undefined) return [{ ...plain, script: writing(file, text, appends ? ">>" : ">") }];
  switch (language) {
    case "console":
      return stepsOf(text).map((step: Step, index) => ({
        line: line + index,
        script: step.command,
        statuses,
        judge: (output) => differs(step.shown, output, varies),
      }));
    case "hidden":
      return [{ ...plain, script: text }];
    case "sh":
    case "bash":
      return text.split(/(?<!\\)\n/).filter((command) => !/^\s*(#|$)/.test(command)).map((command) => ({
        ...plain,
        script: command,
      }));
    case "ts":
    case "js": {
      const name = `block_${line}.${language}`;
      const run = isScript
        ? `deno run -A --quiet --no-lock --config ${ROOT}deno.json ${name}`
        : `jug execute ${name} -q`;
      return [{ ...plain, script: `${writing(name, text)}\n${run}` }];
    }
    default:
      throw new Error(`line ${line}: do not know how to run a block of the language ${language}`);
  }
}

function writing(file: string, text: string, operator = ">"): string {
  return `mkdir -p "$(dirname ${file})" && cat ${operator} ${file} <<'END_OF_BLOCK'\n${text}\nEND_OF_BLOCK`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Fills a folder with the checkout: links to what is only read, and copies of the examples, beside which results go. */
function linkCheckout(folder: string): void {
  for (const { name } of Deno.readDirSync(ROOT)) {
    if (name.startsWith(".") || name.endsWith(".jugdata")) continue;
    if (name === "examples") copyFolder(`${ROOT}${name}`, `${folder}/${name}`);
    else Deno.symlinkSync(`${ROOT}${name}`, `${folder}/${name}`);
  }
}
