/**
 * The options of `jug launch`.
 *
 * @module
 */
import { addressFrom } from "../../backends/address/relative_address.ts";
import { JugError } from "../../core/errors.ts";
import { type TaskPattern, taskPattern } from "../../core/pattern.ts";
import type { OptionDeclaration, OptionValues } from "../cli/command.ts";
import { namesOf } from "../cli/declaration.ts";
import {
  flagOption,
  type Lists,
  type ListsDeclaration,
  listsOf,
  type NumberDeclaration,
  numberOf,
  textOption,
} from "../cli/option_values.ts";
import { type SchedulerKind, schedulerKind } from "../deno_flags/launch_needs.ts";
import { CONCURRENCY, EXECUTE_OPTIONS, JOB, MAX_FAILURES, WORKERS } from "../run/execute_declarations.ts";
import { rebasePassOn } from "../run/isolate_options.ts";
import { timeSpan } from "../run/time_span.ts";
import { HOST } from "./adapters/ssh.ts";
import { permissionNeeds } from "./permission_text.ts";

const ONE_COMMAND = "It is for one command; give it on the command line";

const GRACE = "25s";
const IDLE = "2m";

const MAX = {
  flags: "--max <n>",
  description: "how many workers there may be, also those that wait for the scheduler",
  value: { kind: "number", fallback: 10, whole: true, min: 1, max: 100_000 },
} as const satisfies NumberDeclaration;

const MIN = {
  flags: "--min <n>",
  description: "how many workers there are at least while any task is ready",
  value: { kind: "number", fallback: 0, whole: true, min: 0, max: 100_000 },
} as const satisfies NumberDeclaration;

const CLASSES = {
  flags: "--classes <json>",
  description: "named lists of arguments for the scheduler, for --class; meant for a configuration file",
  value: { kind: "lists" },
} as const satisfies ListsDeclaration;

const OWN: readonly OptionDeclaration[] = [
  MAX,
  MIN,
  WORKERS,
  {
    flags: "--time <time>",
    description:
      "how long a worker may run, as in 2h30m: the scheduler is told, and the worker begins no task that would not end",
    value: { kind: "text", check: timeSpan },
  },
  {
    flags: "--grace <time>",
    description:
      "after SIGTERM, a worker finishes tasks that end within this time; Slurm sends it five seconds more ahead",
    value: { kind: "text", fallback: GRACE, check: timeSpan },
  },
  {
    flags: "--idle <time>",
    description: "a worker that had nothing to do for so long ends",
    value: { kind: "text", fallback: IDLE, check: timeSpan },
  },
  { flags: "--watch", description: "stay, and submit more workers while tasks are ready and workers are missing" },
  {
    flags: "--every <time>",
    description: "how often --watch looks",
    value: { kind: "text", fallback: "30s", check: timeSpan },
  },
  {
    flags: "--logs <folder>",
    description: "where workers write what they print, one file each",
    value: { kind: "text", fallback: "logs in the jugdir", names: "folder", rebase: addressFrom },
  },
  {
    flags: "--folder <path>",
    description: "the folder that workers start in",
    value: { kind: "text", fallback: "the current folder", names: "folder", rebase: addressFrom },
  },
  {
    flags: "--class <name>",
    description: "the class of the workers: its arguments for the scheduler are those under this name in --classes",
  },
  CLASSES,
  {
    flags: "--permissions <list>",
    description:
      `what tasks may do, besides what jug and loading the jugfile need, as in 'read=data net=example.org:443'; -A: everything`,
    value: {
      kind: "text",
      check: permissionNeeds,
      rebase: (text, folder) => text === "-A" ? text : rebasePassOn(text, folder),
    },
  },
  {
    flags: "--jug <command>",
    description: "how a worker starts jug, if not as here: a command line, with all flags of Deno",
    value: { kind: "text", fallback: "as this jug was started" },
  },
  {
    flags: "--hosts <list>",
    description: "the hosts of launch ssh, with commas",
    value: { kind: "text", check: hostList },
  },
  { flags: "--image <name>", description: "the image of launch kubernetes, which contains jug and the jugfile" },
  {
    flags: "--volume <list>",
    description: "claims of volumes of launch kubernetes, and where they are mounted, as in data:/data,out:/out",
    value: { kind: "text", check: volumeList },
  },
  { flags: "--submit <command>", description: "the command line of launch command that submits {script} as {name}" },
  {
    flags: "--count <command>",
    description: "the command line of launch command that prints how many jobs {name} there are",
  },
  { flags: "--cancel-with <command>", description: "the command line of launch command that cancels the jobs {name}" },
  {
    flags: "--print",
    description: "print the script and submit nothing",
    conflicts: ["watch", "list", "cancel"],
    notInFiles: ONE_COMMAND,
  },
  {
    flags: "--list",
    description: "list the workers that wait and run",
    conflicts: ["watch", "print", "cancel"],
    notInFiles: ONE_COMMAND,
  },
  {
    flags: "--cancel",
    description: "end the workers: those that run may finish their tasks within --grace",
    conflicts: ["watch", "print", "list"],
    notInFiles: ONE_COMMAND,
  },
];

/** Options of `execute` that make no sense for workers on other machines. */
const NOT_PASSED =
  /^--(job|dry-run|inspect|inspect-port|pdb|nr-wait-cycles|wait-cycle-time|no-check-environment|check)$/;
const OWN_FLAGS = new Set(OWN.map((declaration) => namesOf(declaration).flag));

/** The options of `execute` that workers get as they are. */
export const PASSED: readonly OptionDeclaration[] = EXECUTE_OPTIONS.filter((declaration) => {
  const { flag } = namesOf(declaration);
  return !OWN_FLAGS.has(flag) && !NOT_PASSED.test(flag);
});

/** All options, in the order of the help. */
export const LAUNCH_OPTIONS: readonly OptionDeclaration[] = [...OWN, ...PASSED];

/** What `jug launch` does. */
export type Action = "submit" | "watch" | "print" | "list" | "cancel";

/** The checked options. */
export interface LaunchOptions {
  readonly kind: SchedulerKind;
  readonly action: Action;
  readonly max: number;
  readonly min: number;
  /** `undefined`: one thread per processor. */
  readonly workers: number | undefined;
  /** How many tasks a worker runs at once. */
  readonly tasksPerJob: number;
  /** In milliseconds; `undefined`: as long as the scheduler lets it. */
  readonly timeMs: number | undefined;
  readonly graceMs: number;
  /** As the user wrote them. */
  readonly grace: string;
  readonly idle: string;
  readonly everyMs: number;
  readonly logs: string | undefined;
  readonly folder: string | undefined;
  /** The class of the workers; empty for none. */
  readonly className: string;
  readonly classes: Lists;
  /** As the user wrote it. */
  readonly permissions: string;
  readonly jug: string | undefined;
  readonly hosts: readonly string[];
  readonly image: string | undefined;
  readonly volumes: readonly (readonly [claim: string, path: string])[];
  readonly submit: string | undefined;
  readonly count: string | undefined;
  readonly cancelWith: string | undefined;
  readonly target: TaskPattern | undefined;
  /** So many tasks may fail before a watch ends; `undefined`: any number. */
  readonly maxFailures: number | undefined;
}

/**
 * Checks the values that the parser found.
 *
 * @throws {JugError} of kind "usage" that names a bad option or operand.
 */
export function launchOptions(values: OptionValues, word: string | undefined): LaunchOptions {
  const kind = schedulerKind(word);
  const max = numberOf(values, MAX);
  const min = numberOf(values, MIN);
  if (min > max) {
    throw new JugError("usage", `option '--min' cannot be ${min}, more than --max, which is ${max}`, {
      remedy: "Raise --max, or lower --min",
    });
  }
  const workers = textOption(values, "workers") === "auto" ? undefined : numberOf(values, WORKERS);
  const duration = (key: string, usual: string) => timeSpan(textOption(values, key) ?? usual, `option '--${key}'`);
  const time = textOption(values, "time");
  const target = textOption(values, "target");
  return {
    kind,
    action: actionOf(values),
    max,
    min,
    workers,
    tasksPerJob: (workers ?? 1) * numberOf(values, CONCURRENCY),
    timeMs: time === undefined ? undefined : timeSpan(time, "option '--time'"),
    graceMs: duration("grace", GRACE),
    grace: textOption(values, "grace") ?? GRACE,
    idle: textOption(values, "idle") ?? IDLE,
    everyMs: intervalMs(textOption(values, "every") ?? "30s"),
    logs: textOption(values, "logs"),
    folder: textOption(values, "folder"),
    ...classOptions(values),
    permissions: textOption(values, "permissions") ?? "",
    jug: textOption(values, "jug"),
    ...kindOptions(kind, values),
    target: target === undefined ? undefined : taskPattern(target),
    maxFailures: numberOf(values, MAX_FAILURES) ?? (flagOption(values, "keepGoing") ? undefined : 1),
  };
}

/** Schedulers are shared: nobody should ask one more often. */
const LEAST_EVERY_MS = 1000;

function intervalMs(text: string): number {
  const ms = timeSpan(text, "option '--every'");
  if (ms >= LEAST_EVERY_MS) return ms;
  throw new JugError("usage", `option '--every' cannot be ${JSON.stringify(text)}`, { remedy: "Give 1s or more" });
}

function classOptions(values: OptionValues): Pick<LaunchOptions, "className" | "classes"> {
  const classes = listsOf(values, CLASSES);
  const className = textOption(values, "class") ?? "";
  if (className === "" || Object.hasOwn(classes, className)) return { className, classes };
  const known = Object.keys(classes);
  throw new JugError("usage", `option '--class': there is no class ${JSON.stringify(className)}`, {
    remedy: known.length > 0
      ? `Give one of ${known.join(", ")}`
      : `Write it into jug.json, as in {"launch": {"classes": {"gpu": ["-p", "gpu", "--gres", "gpu:1"]}}}`,
  });
}

function actionOf(values: OptionValues): Action {
  for (const action of ["watch", "print", "list", "cancel"] as const) if (flagOption(values, action)) return action;
  return "submit";
}

/** The options that are for one kind only. */
const OF_KIND: Readonly<Record<string, SchedulerKind>> = {
  hosts: "ssh",
  image: "kubernetes",
  volume: "kubernetes",
  submit: "command",
  count: "command",
  cancelWith: "command",
};

function kindOptions(
  kind: SchedulerKind,
  values: OptionValues,
): Pick<LaunchOptions, "hosts" | "image" | "volumes" | "submit" | "count" | "cancelWith"> {
  for (const [key, wanted] of Object.entries(OF_KIND)) {
    if (kind === wanted || textOption(values, key) === undefined) continue;
    throw new JugError("usage", `option '--${key === "cancelWith" ? "cancel-with" : key}' is for launch ${wanted}`, {
      remedy: "Leave it out",
    });
  }
  const hosts = hostList(textOption(values, "hosts") ?? "");
  if (kind === "ssh" && hosts.length === 0) {
    throw new JugError("usage", "launch ssh needs '--hosts'", { remedy: "Name hosts, as in --hosts node1,node2" });
  }
  const submit = textOption(values, "submit");
  if (kind === "command" && submit === undefined) {
    throw new JugError("usage", "launch command needs '--submit'", {
      remedy: "Give a command line that submits the file {script}, as in --submit 'qsub {script}'",
    });
  }
  const image = textOption(values, "image");
  if (kind === "kubernetes" && image === undefined) {
    throw new JugError("usage", "launch kubernetes needs '--image'", {
      remedy: "Name an image that contains jug and the jugfile, as in --image registry.example.org/primes:1",
    });
  }
  const volumes = volumeList(textOption(values, "volume") ?? "");
  return {
    hosts,
    image,
    volumes,
    submit,
    count: textOption(values, "count"),
    cancelWith: textOption(values, "cancelWith"),
  };
}

function volumeList(text: string, subject = "option '--volume'"): readonly (readonly [claim: string, path: string])[] {
  return text.split(",").filter((part) => part !== "").map((part) => {
    const [, claim, path] = /^([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?):(\/.*)$/.exec(part) ?? [];
    if (claim !== undefined && path !== undefined) return [claim, path];
    throw new JugError("usage", `${subject} cannot contain ${JSON.stringify(part)}`, {
      remedy: "Write the name of a claim and an absolute path, as in data:/data",
    });
  });
}

function hostList(text: string, subject = "option '--hosts'"): readonly string[] {
  const hosts = text.split(",").map((host) => host.trim()).filter((host) => host !== "");
  for (const host of hosts) {
    if (!HOST.test(host)) {
      throw new JugError("usage", `${subject} cannot contain ${JSON.stringify(host)}`, {
        remedy: "Write names of hosts with commas, as in node1,me@node2; ports go into ~/.ssh/config",
      });
    }
  }
  return [...new Set(hosts)];
}

/** The option of `execute` by which workers are found; `jug launch` sets it itself. */
export const JOB_FLAG: string = namesOf(JOB).flag;
