import assert from "node:assert/strict";
import { command, countedJobs } from "../../../commands/launch/adapters/command.ts";
import { local } from "../../../commands/launch/adapters/local.ts";
import { clockText } from "../../../commands/launch/adapters/output.ts";
import { clockSeconds } from "../../../commands/run/time_span.ts";
import { elementsOf, jobsOf, limitsOf, slurm } from "../../../commands/launch/adapters/slurm.ts";
import { HOST, sharesOf, ssh } from "../../../commands/launch/adapters/ssh.ts";
import { processesOf, startedOf } from "../../../commands/launch/adapters/start_script.ts";
import type { Call, Launch, Limits } from "../../../commands/launch/job.ts";
import { JOB_NAME, jobName } from "../../../commands/launch/job_name.ts";
import { shellWord } from "../../../commands/launch/shell_word.ts";

const NAME = "jug-0123456789";

/** A launch whose paths contain what shells and Slurm read. */
function launchOf(changes: Partial<Launch> = {}): Launch {
  return {
    name: NAME,
    names: [NAME],
    folder: "/home/me/it's $HOME",
    logs: "/home/me/it's $HOME/100%/logs",
    about: ["A worker of jug for primes.ts\nrm -rf /"],
    program: "jug",
    words: "primes.ts --jugdir 'a b'",
    seconds: undefined,
    grace: 30,
    workers: 1,
    extra: [],
    ...changes,
  };
}

function argvOf(calls: readonly Call<unknown>[]): (readonly string[])[] {
  return calls.map(({ argv }) => argv);
}

Deno.test("jobName() is ten digits of the jugdir and the class, in a form that every scheduler takes", () => {
  const name = jobName("/home/me/primes.jugdata");
  assert.match(name, JOB_NAME);
  assert.equal(name, jobName("/home/me/primes.jugdata"));
  assert.notEqual(name, jobName("/home/me/primes2.jugdata"));
  assert.notEqual(name, jobName("/home/me/primes.jugdata", "gpu"));
});

Deno.test("shellWord() quotes whatever a shell would read", () => {
  assert.equal(shellWord("--array=0-3"), "--array=0-3");
  assert.equal(shellWord(""), "''");
  assert.equal(shellWord("it's $HOME `x`"), `'it'\\''s $HOME \`x\`'`);
});

Deno.test("slurm: a batch is one array, checked first, with what the user added at the end", () => {
  const { script, check, calls } = slurm(launchOf({ seconds: 7200, workers: 8, extra: ["-p", "main", "--mem", "8G"] }))
    .submit({ count: 50, jobs: [] });
  const [call] = calls;
  assert.deepEqual(calls.length, 1);
  assert.deepEqual(call?.argv, [
    "sbatch",
    "--parsable",
    `--job-name=${NAME}`,
    "--array=0-49",
    `--output=/home/me/it's $HOME/100%%/logs/${NAME}.%A_%a.log`,
    "--open-mode=append",
    "--requeue",
    "--signal=B:TERM@30",
    "--time=2:00:00",
    "--cpus-per-task=8",
    "-p",
    "main",
    "--mem",
    "8G",
  ]);
  assert.deepEqual(check?.argv.slice(0, 2), ["sbatch", "--test-only"]);
  assert.equal(call?.stdin, script);
  const lines = script.trimEnd().split("\n");
  assert.equal(lines[0], "#!/bin/sh");
  assert.ok(lines.slice(1, -2).every((line) => line.startsWith("# ")), script);
  assert.deepEqual(lines.slice(-2), [
    `cd '/home/me/it'\\''s $HOME' || exit 1`,
    `exec jug execute --job "${NAME}:\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}" primes.ts --jugdir 'a b'`,
  ]);
});

Deno.test("slurm: jobs are listed by one call for all names, and cancelled by name", () => {
  const adapter = slurm(launchOf({ names: [NAME, "jug-abcdef0123"] }));
  assert.deepEqual(argvOf(adapter.count()), [[
    ...["squeue", "--noheader", "--me", "--array", `--name=${NAME},jug-abcdef0123`, "--format=%i|%j|%T|%M|%R"],
  ]]);
  assert.deepEqual(argvOf(adapter.cancel([NAME], "waiting", [])), [
    ["scancel", "--state=PENDING", "--me", `--name=${NAME}`],
  ]);
  assert.deepEqual(argvOf(adapter.cancel([NAME], "drain", [])), [
    ["scancel", "--state=RUNNING", "--batch", "--signal=TERM", "--me", `--name=${NAME}`],
  ]);
  assert.deepEqual(argvOf(adapter.cancel([NAME], "all", [])), [["scancel", "--me", `--name=${NAME}`]]);
});

Deno.test("slurm: squeue's lines are read, and anything else is refused", () => {
  const text = `12_0|${NAME}|RUNNING|1-02:03:04|node|7\n12_1|${NAME}|PENDING|0:00|(Resources)\n` +
    `12_2|${NAME}|COMPLETING|1:05|node7\n12_3|${NAME}|REQUEUE_HOLD|0:00|(launch failed)\n`;
  assert.deepEqual(jobsOf(text), [
    { id: "12_0", name: NAME, state: "running", seconds: 93_784, note: "node|7" },
    { id: "12_1", name: NAME, state: "waiting", seconds: 0, note: "(Resources)" },
    { id: "12_2", name: NAME, state: "ending", seconds: 65, note: "node7" },
    { id: "12_3", name: NAME, state: "waiting", seconds: 0, note: "(launch failed)" },
  ]);
  assert.deepEqual(jobsOf(""), []);
  for (const bad of ["slurm_load_jobs error", `12_[0-3]|${NAME}|PENDING|0:00|x`, `12_0|other|RUNNING|0:01|x`, "12_0"]) {
    assert.throws(() => jobsOf(bad), /squeue wrote something that jug does not understand/, bad);
  }
});

Deno.test("slurm: ids and limits are read from what sbatch and scontrol wrote", () => {
  assert.deepEqual(elementsOf("17\n", 3), ["17_0", "17_1", "17_2"]);
  assert.deepEqual(elementsOf("17;cluster2\n", 1), ["17_0"]);
  assert.throws(() => elementsOf("Submitted batch job 17", 1), /does not understand/);
  assert.deepEqual(limitsOf("KillWait = 30 sec\nMaxArraySize            = 501\nMaxJobCount = 10"), { array: 501 });
  assert.deepEqual(limitsOf(""), { array: 1001 });
  assert.deepEqual(limitsOf("MaxArraySize = 0"), { array: 1 });
});

Deno.test("times of schedulers are read and written", () => {
  assert.deepEqual(["0:09", "1:02:03", "2-00:00:01", "59", "2-01:00:00"].map(clockSeconds), [
    ...[9, 3723, 172_801, 59, 176_400],
  ]);
  for (const text of ["INVALID", "NOT_SET", "", "1:2:3:4", "a", "-5", "1-", "0x10"]) {
    assert.equal(clockSeconds(text), undefined, text);
  }
  assert.deepEqual([59, 60, 9000.5, 360_000].map(clockText), ["0:00:59", "0:01:00", "2:30:01", "100:00:00"]);
});

Deno.test("processes are found by their command lines, and only if it is their own number", () => {
  const text = `    1    12:01 /sbin/init\n 4711 01:02 deno run cli.ts execute --job ${NAME}:4711 primes.ts\n` +
    ` 4712 01:02 grep -- execute --job ${NAME}:4711 x\n 4713 00:05 deno execute --job jug-ffffffffff:4713 x\n` +
    ` 4714 00:05 deno execute --job ${NAME}:node7.example.4714\n`;
  assert.deepEqual(processesOf(text, [NAME]), [
    { id: "4711", name: NAME, state: "running", seconds: 62 },
    { id: "node7.example.4714", name: NAME, state: "running", seconds: 5 },
  ]);
  assert.throws(() => processesOf("ps: unknown option", [NAME]), /ps wrote something/);
  assert.deepEqual(startedOf("12\n13\n", "node1."), ["node1.12", "node1.13"]);
  assert.throws(() => startedOf("mkdir: no space left on device"), /does not understand/);
});

Deno.test("local: workers are ended by their numbers, first by SIGTERM", () => {
  const adapter = local(launchOf());
  const jobs = [{ id: "4711", name: NAME, state: "running" as const }, {
    id: "5",
    name: "jug-x",
    state: "running" as const,
  }];
  assert.deepEqual(argvOf(adapter.cancel([NAME], "drain", jobs)), [["kill", "-TERM", "4711"]]);
  assert.deepEqual(argvOf(adapter.cancel([NAME], "all", jobs)), [["kill", "-KILL", "4711"]]);
  assert.deepEqual(adapter.cancel([NAME], "waiting", jobs), []);
});

Deno.test("ssh: the least loaded hosts get new workers, and hosts are names", () => {
  const there = ["a.1", "a.2", "b.3"].map((id) => ({ id, name: NAME, state: "running" as const }));
  assert.deepEqual([...sharesOf(4, ["a", "b", "c"], there)], [["c", 2], ["b", 1], ["a", 1]]);
  const adapter = ssh(launchOf({ extra: ["-p", "2222"] }), ["a", "b"]);
  const { calls } = adapter.submit({ count: 2, jobs: [] });
  assert.deepEqual(argvOf(calls), [
    ["ssh", "-o", "BatchMode=yes", "-p", "2222", "a", "sh"],
    ["ssh", "-o", "BatchMode=yes", "-p", "2222", "b", "sh"],
  ]);
  assert.deepEqual(argvOf(adapter.cancel([NAME], "drain", there)).map((argv) => argv.slice(5)), [
    ["a", "kill", "-TERM", "1", "2"],
    ["b", "kill", "-TERM", "3"],
  ]);
  assert.ok(["node1", "me@node1.example.org", "10.0.0.1"].every((host) => HOST.test(host)));
  assert.ok(["-oProxyCommand=x", "a b", "a;b", "", "me@-x"].every((host) => !HOST.test(host)));
});

Deno.test("command: braces are filled in as one word each, and what follows -- is appended", () => {
  const lines = { submit: "qsub -N {name} -o {log} {script}", count: "qstat | grep -c {name}", cancel: "qdel {name}" };
  const adapter = command(launchOf({ extra: ["-q", "long queue"] }), lines);
  const { calls, script } = adapter.submit({ count: 2, jobs: [] });
  const path = `'/home/me/it'\\''s $HOME/100%/logs/${NAME}.sh'`;
  const log = `'/home/me/it'\\''s $HOME/100%/logs/${NAME}.out.log'`;
  assert.equal(calls.length, 2);
  assert.deepEqual(calls[0]?.argv, ["sh", "-c", `qsub -N ${NAME} -o ${log} ${path} -q 'long queue'`]);
  assert.deepEqual(Object.entries(calls[0]?.files ?? {}), [[`/home/me/it's $HOME/100%/logs/${NAME}.sh`, script]]);
  assert.deepEqual(argvOf(adapter.count()), [["sh", "-c", `qstat | grep -c ${NAME}`]]);
  assert.deepEqual(argvOf(adapter.cancel([NAME], "all", [])), [["sh", "-c", `qdel ${NAME}`]]);
  assert.equal(countedJobs(" 3\n", NAME).length, 3);
  for (const bad of ["", "3 jobs", "-1", "99999999"]) assert.throws(() => countedJobs(bad, NAME), /--count/, bad);
});

Deno.test("the limit of an array is a number of the scheduler, or of the adapter", () => {
  const limits: Limits | Call<Limits> = local(launchOf()).limits();
  assert.ok("array" in limits && limits.array > 0);
  const asked = slurm(launchOf()).limits();
  assert.ok("argv" in asked && asked.argv[0] === "scontrol");
});
