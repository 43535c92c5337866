import assert from "node:assert/strict";
import { subcommands } from "../../commands/subcommands.ts";
import { executeOptions } from "../../commands/run/execute_options.ts";
import { type Invocation, prepare } from "../../commands/cli/invocation.ts";
import { parseCommandLine } from "../../commands/cli/parse.ts";
import { isJugError } from "../../core/errors.ts";

function parse(...args: string[]): Invocation {
  const found = parseCommandLine(args, subcommands, "1.2.3");
  if (found.kind !== "run") assert.fail(`was shown: ${found.text}`);
  return prepare(found, subcommands);
}

function shown(...args: string[]): string {
  const found = parseCommandLine(args, subcommands, "1.2.3");
  if (found.kind !== "shown") assert.fail("was not shown but run");
  return found.text;
}

function refusal(...args: string[]): string {
  try {
    parse(...args);
  } catch (error) {
    if (isJugError(error) && error.kind === "usage") return error.message;
    throw error;
  }
  return assert.fail(`jug ${args.join(" ")} was not refused`);
}

/** Parses `args` of `execute`, and returns its options. */
function parseExecute(...args: string[]) {
  const found = parseCommandLine(["execute", ...args], subcommands, "1.2.3");
  if (found.kind !== "run") assert.fail(`was shown: ${found.text}`);
  return executeOptions(found.values);
}

Deno.test("a jugfile's arguments are the words after it and after --, all strings", () => {
  const { jugfile, args } = parse("execute", "primes.ts", "99", "fast", "--workers", "2", "--", "--deep");
  assert.equal(jugfile, "primes.ts");
  assert.deepEqual(args, ["99", "fast", "--deep"]);
});

Deno.test("options may come before the jugfile, between its arguments and after them", () => {
  const { jugfile, args, jugdir, verbosity } = parse(
    "status",
    "--jugdir",
    "d",
    "a.ts",
    "--short",
    "1",
    "--verbose=debug",
  );
  assert.deepEqual({ jugfile, args, jugdir, verbosity }, {
    jugfile: "a.ts",
    args: ["1"],
    jugdir: "d",
    verbosity: "debug",
  });
});

Deno.test("jugfile.ts is the default, also if arguments follow --", () => {
  const { jugfile, args, jugdir, verbosity } = parse("execute", "--", "x", "--", "--jugdir");
  assert.deepEqual({ jugfile, args, jugdir, verbosity }, {
    jugfile: "jugfile.ts",
    args: ["x", "--", "--jugdir"],
    jugdir: undefined,
    verbosity: "info",
  });
});

Deno.test("short options and the alias of execute are equivalent", () => {
  const options = parseExecute("x.ts", "-k", "-j", "3");
  assert.deepEqual([options.workers, options.keepGoing], [3, true]);
  assert.equal(parseExecute("x.ts", "-jauto").workers, "auto");
  assert.equal(parse("run", "x.ts", "-q").verbosity, "quiet");
  assert.equal(parse("status", "-v").verbosity, "debug");
  assert.match(refusal("status", "-v", "-q"), /^option '-v' cannot be used with option '-q, --quiet'/);
  assert.match(shown("help", "run"), /^Usage: jug execute /);
  assert.match(shown("run", "--help"), /^Usage: jug execute /);
  assert.match(shown("--help"), /^ {2}execute, run {2}/m);
});

Deno.test("options of Python's jug that have no effect here are accepted with a note", () => {
  const found = parse(
    "status",
    "x.ts",
    "--will-cite",
    "--aggressive-unload",
    "--cache",
    "--cache-file",
    "f",
    "--clear",
  );
  assert.deepEqual(found.notes.map((note) => note.split(":", 1)[0]), [
    "--will-cite has no effect",
    "--aggressive-unload has no effect",
    "--cache has no effect",
    "--cache-file has no effect",
    "--clear has no effect",
  ]);
  assert.deepEqual(found.args, []);
  assert.doesNotMatch(shown("status", "--help"), /will-cite|--cache/);
  assert.match(refusal("execute", "--cache"), /^unknown option '--cache'/);
  for (const [word, level] of [["INFO", "info"], ["DEBUG", "debug"], ["Warning", "quiet"], ["ERROR", "quiet"]]) {
    assert.equal(parse("execute", "x.ts", "--verbose", word ?? "").verbosity, level);
  }
  assert.match(refusal("execute", "--verbose", "loud"), /'loud' is invalid. Allowed choices are quiet, info, debug/);
});

Deno.test("the error about another tool's subcommand name suggests jug's own name", () => {
  const meant = { list: "status", rm: "invalidate", clean: "cleanup", build: "execute", repl: "shell", logs: "log" };
  for (const [word, name] of Object.entries(meant)) {
    assert.equal(refusal(word), `unknown subcommand '${word}'\n  Did you mean ${name}?`);
  }
});

Deno.test("an unknown subcommand or option is refused with the nearest match", () => {
  assert.equal(refusal("statsu"), "unknown subcommand 'statsu'\n  Did you mean status?");
  assert.equal(refusal("execute", "--worker", "2"), "unknown option '--worker'\n  Did you mean --workers?");
  assert.match(
    refusal("frobnicate"),
    /^unknown subcommand 'frobnicate'\n {2}The subcommands are execute, launch, status, /,
  );
  assert.match(refusal("help", "frobnicate"), /^unknown subcommand 'frobnicate'\n {2}The subcommands are /);
  for (const help of ["--help", "-h"]) {
    assert.equal(refusal("statsu", help), "unknown subcommand 'statsu'\n  Did you mean status?");
    assert.match(refusal("frobnicate", "x", help), /^unknown subcommand 'frobnicate'\n {2}The subcommands are /);
  }
  assert.equal(refusal("help", "execut"), "unknown subcommand 'execut'\n  Did you mean execute?");
  assert.equal(refusal("primes.ts"), "unknown subcommand 'primes.ts'\n  Did you mean jug execute primes.ts?");
});

Deno.test("the error about an unknown option without a near match mentions -- for the jugfile's arguments", () => {
  assert.match(refusal("execute", "a.ts", "-x"), /^unknown option '-x'\n {2}Write arguments for the jugfile after --/);
});

Deno.test("a negative number is an argument of the jugfile, not an option", () => {
  assert.deepEqual(parse("execute", "a.ts", "-5", "-1.5").args, ["-5", "-1.5"]);
});

Deno.test("a missing subcommand is refused with a list of the subcommands", () => {
  assert.match(refusal(), /^no subcommand was given\n {2}The subcommands are /);
});

Deno.test("--version and help are shown, and help of a subcommand lists its options", () => {
  assert.equal(shown("--version"), "jug 1.2.3\n");
  for (const args of [["--help"], ["help"], ["help", "help"]]) {
    for (const command of subcommands) assert.ok(shown(...args).includes(command.summary), args.join(" "));
  }
  for (const command of subcommands) {
    const help = shown("help", command.name);
    const common = command.hasJugfile === false ? ["--verbose"] : ["--jugdir", "--verbose"];
    for (const flags of [...command.options.map((option) => option.flags), ...common]) {
      assert.ok(help.includes(flags), `${flags} in help ${command.name}`);
    }
    assert.equal(shown(command.name, "--help"), help);
  }
});

Deno.test("the usage line of help shows optional words in brackets", () => {
  const usage = (name: string) => shown("help", name).split("\n")[0];
  assert.equal(usage("init"), "Usage: jug init [FOLDER] [OPTIONS]");
  assert.equal(usage("value"), "Usage: jug value [JUGFILE] EXPORT [PATH] [OPTIONS] [-- ARGUMENTS]");
  assert.equal(usage("copy"), "Usage: jug copy FROM TO [OPTIONS]");
});

const ENDING = {
  graceMs: undefined,
  timeMs: undefined,
  timeText: undefined,
  deadline: undefined,
  deadlineText: undefined,
};

Deno.test("execute's options have their defaults", () => {
  assert.deepEqual(parseExecute(), {
    workers: 1,
    target: undefined,
    keepGoing: false,
    maxFailures: undefined,
    cacheBytes: 256 * 1024 * 1024,
    concurrency: 1,
    debug: false,
    inspectPort: undefined,
    isolate: undefined,
    resources: {},
    keepFailed: false,
    dryRun: false,
    durable: false,
    ending: { ...ENDING, idleMs: 1_800_000 },
    leaseMs: 30_000,
    check: false,
    checkEnvironment: true,
  });
});

Deno.test("execute's options are parsed, and seconds become milliseconds", () => {
  const { target, ...options } = parseExecute(
    ...[
      "--workers",
      "auto",
      "--target",
      "isPrime",
      "--keep-going",
      "--keep-failed",
      "--nr-wait-cycles",
      "0",
      "--durable",
    ],
    ...["--wait-cycle-time", "0.5", "--lease", "2", "--no-check-environment"],
  );
  assert.deepEqual(options, {
    workers: "auto",
    keepGoing: true,
    maxFailures: undefined,
    cacheBytes: 256 * 1024 * 1024,
    concurrency: 1,
    debug: false,
    inspectPort: undefined,
    isolate: undefined,
    resources: {},
    keepFailed: true,
    dryRun: false,
    durable: true,
    ending: { ...ENDING, idleMs: 0 },
    leaseMs: 2000,
    check: false,
    checkEnvironment: false,
  });
  assert.equal(target?.matches("primes.isPrime"), true);
});

Deno.test("a number that an option cannot take is refused with the option's name", () => {
  for (
    const [flag, text] of [
      ["--workers", "0"],
      ["--workers", "1.5"],
      ["--workers", "many"],
      ["--workers", ""],
      ["--nr-wait-cycles", "1e3"],
      ["--wait-cycle-time", "soon"],
      ["--lease", "0"],
      ["--lease", "Infinity"],
      ["--lease", "2147484"],
      ["--inspect-port", "99999"],
    ] as const
  ) {
    assert.ok(refusal("execute", flag, text).startsWith(`option '${flag}' cannot be "${text}"\n  Give a `));
  }
});

Deno.test("--lease becomes whole milliseconds, and is limited to what a timer can wait", () => {
  assert.equal(parseExecute("--lease", "2.01").leaseMs, 2010);
  assert.equal(parseExecute("--lease", "0.0001").leaseMs, 1);
  assert.equal(parseExecute("--lease", "2147483").leaseMs, 2_147_483_000);
  assert.match(refusal("execute", "--lease", "10000000"), /Give a number, more than 0, at most 2147483$/);
});

Deno.test("--provides takes whole numbers that threads can share, each name once", () => {
  assert.deepEqual(parseExecute("--provides", "gpu=2, disk=2147483647,none=0").resources, {
    gpu: 2,
    disk: 2 ** 31 - 1,
    none: 0,
  });
  for (
    const [list, message] of [
      ["gpu", /^option '--provides' cannot contain "gpu"\n {2}Write names and whole numbers, /],
      ["gpu=1.5", /^option '--provides' cannot contain "gpu=1\.5"\n/],
      ["gpu=1,disk=1,gpu=2", /^option '--provides' names gpu twice\n {2}Give each resource once/],
      [
        "bytes=2147483648",
        /^option '--provides' gives 2147483648 of bytes, more than 2147483647\n {2}Count in larger/,
      ],
    ] as const
  ) {
    assert.match(refusal("execute", "--provides", list), message);
  }
});

Deno.test("options that exclude each other or lack a value are refused", () => {
  assert.match(
    refusal("cleanup", "--locks-only", "--keep-locks"),
    /'--locks-only' cannot be used with .*'--keep-locks'/,
  );
  assert.match(refusal("cleanup", "--failed-only", "--keep-locks"), /cannot be used with/);
  assert.match(refusal("status", "--short", "--json"), /cannot be used with/);
  assert.match(refusal("execute", "--jugdir"), /'--jugdir <address>' argument missing/);
  assert.match(refusal("status", "--verbose", "loud"), /'loud' is invalid.* quiet, info, debug/);
  assert.match(refusal("invalidate"), /^no task was named\n/);
  assert.match(refusal("invalidate", "--target", ""), /'--target' is empty/);
});

Deno.test("--invalid is an alias of invalidate's --target", () => {
  assert.equal(parse("invalidate", "--invalid", "isPrime").jugfile, "jugfile.ts");
});
