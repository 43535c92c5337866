import assert from "node:assert/strict";
import type { Job as Manifest } from "npm:kubernetes-types@1/batch/v1.d.ts";
import { createdOf, kubernetes, manifestOf, podsOf } from "../../../commands/launch/adapters/kubernetes.ts";
import * as lsf from "../../../commands/launch/adapters/lsf.ts";
import * as pbs from "../../../commands/launch/adapters/pbs.ts";
import * as sge from "../../../commands/launch/adapters/sge.ts";
import type { Call, Job, Launch } from "../../../commands/launch/job.ts";

const NAME = "jug-0123456789";

function launchOf(changes: Partial<Launch> = {}): Launch {
  return {
    name: NAME,
    names: [NAME],
    folder: "/home/me",
    logs: "/home/me/it's/logs",
    about: ["A worker of jug"],
    program: "jug",
    words: "primes.ts",
    seconds: 5400,
    grace: 30,
    workers: 1,
    extra: ["-q", "long queue"],
    ...changes,
  };
}

function argvOf(calls: readonly Call<unknown>[]): (readonly string[])[] {
  return calls.map(({ argv }) => argv);
}

function jobs(...ids: [id: string, state: Job["state"]][]): Job[] {
  return ids.map(([id, state]) => ({ id, name: NAME, state }));
}

Deno.test("sge: an array with limits, whose script writes its own log", () => {
  const { script, calls: [call] } = sge.sge(launchOf()).submit({ count: 3, jobs: [] });
  assert.deepEqual(call?.argv, [
    ...["qsub", "-terse", "-N", NAME, "-t", "1-3", "-S", "/bin/sh", "-wd", "/home/me", "-o", "/dev/null", "-j", "y"],
    ...["-r", "y", "-notify", "-l", "h_rt=1:30:00,s_rt=1:29:30", "-q", "long queue"],
  ]);
  assert.equal(call?.stdin, script);
  assert.match(
    script,
    /^exec >>'\/home\/me\/it'\\''s\/logs\/jug-0123456789'\."\$\{JOB_ID\}\.\$\{SGE_TASK_ID\}"\.log 2>&1$/m,
  );
  assert.match(script, /^exec jug execute --job "jug-0123456789:\$\{JOB_ID\}\.\$\{SGE_TASK_ID\}" primes\.ts$/m);
});

Deno.test("sge: ids, jobs and limits are read; anything else is refused", () => {
  assert.deepEqual(sge.tasksOf("12.1-3:1\n"), ["12.1", "12.2", "12.3"]);
  assert.throws(() => sge.tasksOf('Your job-array 1.1-3:1 ("x") has been submitted'), /does not understand/);
  const entry = (number: string, task: string, state: string, name = NAME) =>
    `<job_list state="x"><JB_job_number>${number}</JB_job_number><JB_name>${name}</JB_name><state>${state}</state>` +
    `<queue_name>main.q@node</queue_name><tasks>${task}</tasks></job_list>`;
  const text = (...entries: string[]) =>
    `<?xml version='1.0'?>\n<job_info  xmlns:xsd="http://x"><queue_info>${
      entries.join("\n")
    }</queue_info><job_info>\n</job_info>\n</job_info>\n`;
  const all = [entry("12", "1", "r"), entry("12", "2", "qw"), entry("12", "3", "dr"), entry("13", "1", "Eqw")];
  assert.deepEqual(
    sge.jobsOf(text(...all, entry("14", "1", "r", "other")), [NAME]).map(({ id, state }) => [id, state]),
    [["12.1", "running"], ["12.2", "waiting"], ["12.3", "ending"], ["13.1", "waiting"]],
  );
  assert.throws(() => sge.jobsOf(text(entry("12", "1-3:1", "qw")), [NAME]), /qstat wrote/);
  assert.throws(() => sge.jobsOf("error: commlib error", [NAME]), /qstat wrote/);
  assert.deepEqual(sge.limitsOf("max_aj_instances 2000\nmax_aj_tasks                 500\n"), { array: 500 });
  const adapter = sge.sge(launchOf());
  const there = jobs(["12.1", "running"], ["12.2", "waiting"]);
  assert.deepEqual(argvOf(adapter.cancel([NAME], "waiting", there)), [["qdel", "12.2"]]);
  assert.deepEqual(argvOf(adapter.cancel([NAME], "drain", there)), [["qdel", "12.1"]]);
});

Deno.test("pbs: an array, or a single job, which has no index", () => {
  const adapter = pbs.pbs(launchOf({ workers: 8 }));
  const [call] = adapter.submit({ count: 3, jobs: [] }).calls;
  assert.deepEqual(call?.argv, [
    ...["qsub", "-N", NAME, "-S", "/bin/sh", "-j", "oe", "-o", "/dev/null", "-r", "y", "-J", "0-2"],
    ...["-l", "walltime=1:30:00", "-l", "select=1:ncpus=8", "-q", "long queue"],
  ]);
  assert.ok(!adapter.submit({ count: 1, jobs: [] }).calls[0]?.argv.includes("-J"));
  assert.deepEqual(pbs.submittedOf("12[].pbs.example\n", 2), ["12_0", "12_1"]);
  assert.deepEqual(pbs.submittedOf("12.pbs\n", 1), ["12"]);
  for (const [text, count] of [["12.pbs", 2], ["12[].pbs", 1], ["qsub: error", 1]] as const) {
    assert.throws(() => pbs.submittedOf(text, count), /qsub wrote/, text);
  }
});

Deno.test("pbs: jobs of arrays and single jobs are read from JSON; anything else is refused", () => {
  const job = (state: string, name = NAME) => ({
    Job_Name: name,
    job_state: state,
    resources_used: { walltime: "01:00:02" },
  });
  const text = JSON.stringify({
    timestamp: 1,
    Jobs: {
      "12[].pbs": job("B"),
      "12[0].pbs": job("R"),
      "12[1].pbs": job("Q"),
      "12[2].pbs": job("X"),
      "13.pbs": job("E"),
      "14.pbs": job("R", "other"),
    },
  });
  assert.deepEqual(pbs.jobsOf(text, [NAME]).map(({ id, state, seconds }) => [id, state, seconds]), [
    ["12_0", "running", 3602],
    ["12_1", "waiting", 3602],
    ["12_2", "ending", 3602],
    ["13", "ending", 3602],
  ]);
  assert.deepEqual(pbs.jobsOf("", [NAME]), []);
  assert.deepEqual(pbs.jobsOf(`{"timestamp": 1}`, [NAME]), []);
  assert.throws(() => pbs.jobsOf("Job id  Name  User", [NAME]), /qstat wrote/);
  assert.deepEqual(pbs.limitsOf("Server: pbs\n    max_array_size = 500\n"), { array: 500 });
  const there = jobs(["12_0", "running"], ["12_1", "waiting"], ["13", "running"]);
  const adapter = pbs.pbs(launchOf());
  assert.deepEqual(argvOf(adapter.cancel([NAME], "waiting", there)), [["qdel", "12[1]"]]);
  assert.deepEqual(argvOf(adapter.cancel([NAME], "drain", there)), [["qsig", "-s", "SIGTERM", "12[0]", "13"]]);
});

Deno.test("lsf: an array, with a warning before its end", () => {
  const [call] = lsf.lsf(launchOf({ workers: 4 })).submit({ count: 3, jobs: [] }).calls;
  assert.deepEqual(call?.argv, [
    ...[
      "bsub",
      "-J",
      `${NAME}[1-3]`,
      "-cwd",
      "/home/me",
      "-o",
      "/dev/null",
      "-r",
      "-W",
      "90",
      "-wa",
      "TERM",
      "-wt",
      "1",
    ],
    ...["-n", "4", "-R", "span[hosts=1]", "-q", "long queue"],
  ]);
  assert.deepEqual(lsf.submittedOf("Job <12> is submitted to queue <normal>.\n", 2), ["12_1", "12_2"]);
  assert.throws(() => lsf.submittedOf("Request aborted", 1), /bsub wrote/);
});

Deno.test("lsf: jobs are read; that there are none is no failure, but anything else is", () => {
  const stdout = `12|1|RUN|62 second(s)|${NAME}[1]\n12|2|PEND|0 second(s)|${NAME}[2]\n12|3|EXIT|-|${NAME}[3]\n`;
  assert.deepEqual(
    lsf.jobsOf({ code: 0, stdout, stderr: "" }).map(({ id, state, seconds }) => [id, state, seconds]),
    [["12_1", "running", 62], ["12_2", "waiting", 0], ["12_3", "ending", undefined]],
  );
  assert.deepEqual(lsf.jobsOf({ code: 255, stdout: "", stderr: `Job <${NAME}> is not found\n` }), []);
  assert.throws(
    () => lsf.jobsOf({ code: 255, stdout: "", stderr: "Failed in LSF lib call: LIM is down" }),
    /LIM is down/,
  );
  assert.throws(() => lsf.jobsOf({ code: 0, stdout: "JOBID USER STAT", stderr: "" }), /bjobs wrote/);
  assert.deepEqual(lsf.limitsOf("    MAX_JOB_ARRAY_SIZE = 400\n"), { array: 400 });
  const there = jobs(["12_1", "running"], ["12_2", "waiting"]);
  assert.deepEqual(argvOf(lsf.lsf(launchOf()).cancel([NAME], "drain", there)), [["bkill", "-s", "TERM", "12[1]"]]);
});

const CONTAINER = { image: "registry.example.org/primes:1", volumes: [["data", "/data"]] as const };

/** kubectl decodes a manifest by the types of Kubernetes and drops what it does not know. It needs no cluster for that. */
const hasKubectl = (() => {
  try {
    return new Deno.Command("kubectl", { args: ["version", "--client"], stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
})();

Deno.test("kubernetes: the manifest has the types of the published schema", () => {
  const manifest: Manifest = manifestOf(launchOf({ workers: 4 }), CONTAINER, 5);
  assert.equal(manifest.spec?.completionMode, "Indexed");
  assert.equal(manifest.spec?.completions, 5);
  const [container] = manifest.spec?.template.spec?.containers ?? [];
  assert.deepEqual(container?.command?.slice(0, 2), ["sh", "-c"]);
  assert.match(
    container?.command?.[2] ?? "",
    /^cd \/home\/me && exec jug execute --job "jug-0123456789:\$\{JUG_JOB\}_\$\{JOB_COMPLETION_INDEX\}" primes\.ts$/,
  );
});

Deno.test({
  name: `kubernetes: kubectl knows every field of the manifest${hasKubectl ? "" : " (skipped: needs kubectl)"}`,
  ignore: !hasKubectl,
  fn: async () => {
    const manifest = manifestOf(launchOf({ workers: 4 }), CONTAINER, 5);
    const child = new Deno.Command("kubectl", {
      args: ["set", "env", "--local", "--filename=-", "--output=json", "ADDED=1"],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(JSON.stringify(manifest)));
    await writer.close();
    const { success, stdout, stderr } = await child.output();
    assert.ok(success, new TextDecoder().decode(stderr));
    const decoded: unknown = JSON.parse(new TextDecoder().decode(stdout));
    requireWithin(manifest, decoded, "");
  },
});

/** Checks that each part of `wanted` is in `found`, which may have more. */
function requireWithin(wanted: unknown, found: unknown, path: string): void {
  if (typeof wanted !== "object" || wanted === null) return assert.deepEqual(found, wanted, path);
  assert.ok(typeof found === "object" && found !== null, `${path} is missing`);
  for (const [key, value] of Object.entries(wanted)) requireWithin(value, Reflect.get(found, key), `${path}.${key}`);
}

Deno.test("kubernetes: Jobs and pods are read; anything else is refused", () => {
  assert.deepEqual(createdOf(`job.batch/${NAME}-x7k2p\n`, 2), [`${NAME}-x7k2p_0`, `${NAME}-x7k2p_1`]);
  assert.throws(() => createdOf("error", 1), /kubectl create wrote/);
  const pod = (index: string, phase: string, more: object = {}) => ({
    metadata: {
      labels: { jug: NAME, "job-name": `${NAME}-x7k2p` },
      annotations: { "batch.kubernetes.io/job-completion-index": index },
      ...more,
    },
    status: { phase },
  });
  const items = [
    pod("0", "Running"),
    pod("1", "Pending"),
    pod("2", "Succeeded"),
    pod("3", "Running", { deletionTimestamp: "x" }),
  ];
  assert.deepEqual(podsOf(JSON.stringify({ items })).map(({ id, state }) => [id, state]), [
    [`${NAME}-x7k2p_0`, "running"],
    [`${NAME}-x7k2p_1`, "waiting"],
    [`${NAME}-x7k2p_2`, "ending"],
    [`${NAME}-x7k2p_3`, "ending"],
  ]);
  for (const bad of ["", "{}", `{"items": [{}]}`]) assert.throws(() => podsOf(bad), /kubectl get wrote/, bad);
  const adapter = kubernetes(launchOf({ extra: ["-n", "lab"] }), CONTAINER);
  assert.deepEqual(argvOf(adapter.count()), [
    ["kubectl", "-n", "lab", "get", "pods", `--selector=jug in (${NAME})`, "--output=json"],
  ]);
  assert.deepEqual(argvOf(adapter.cancel([NAME], "drain", [])), [
    ["kubectl", "-n", "lab", "delete", "jobs", `--selector=jug in (${NAME})`, "--wait=false"],
  ]);
});
