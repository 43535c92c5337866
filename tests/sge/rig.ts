/**
 * A real Grid Engine on this machine: qmaster and execd of Debian's packages, with a cell in a temporary folder and
 * ports of its own.
 *
 * @module
 */
import { endDaemons, isThere, runProgram, until } from "../support/daemons/daemons.ts";
import { freePort } from "../support/redis/redis_server.ts";

const PARTS = [
  "/usr/sbin/sge_qmaster",
  "/usr/sbin/sge_execd",
  "/usr/bin/qsub",
  "/usr/share/gridengine/scripts/init_cluster",
  "/var/lib/gridengine/util",
];

/** Whether the tests can run here. The daemons run as root. */
export const hasSge: boolean = PARTS.every(isThere) && Deno.uid() === 0;

/** Appended to the names of tests that are skipped. */
export const SKIPPED: string = hasSge ? "" : " (skipped: needs root, gridengine-master, -exec and -client)";

/** A running Grid Engine. */
export interface Sge extends AsyncDisposable {
  /** The environment in which its commands find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs one of its commands and returns its stdout. */
  command(program: string, ...args: string[]): Promise<string>;
}

/** Returns the settings of a file of qconf, with some of them replaced. */
function changed(text: string, settings: Readonly<Record<string, string>>): string {
  const lines = text.replaceAll(/\\\n\s*/g, "").split("\n").filter((line) => !line.startsWith("#"));
  return lines.map((line) => {
    const [, name = ""] = /^(\w+)\s/.exec(line) ?? [];
    return Object.hasOwn(settings, name) ? `${name} ${settings[name]}` : line;
  }).join("\n");
}

/** Starts a cluster of one node, and waits until it takes jobs. */
export async function startSge(): Promise<Sge> {
  const root = await Deno.makeTempDir({ prefix: "jug_sge_" });
  await Deno.chmod(root, 0o755);
  for (const name of ["default/common", "spool/qmaster", "spool/execd", "spool/db"]) {
    await Deno.mkdir(`${root}/${name}`, { recursive: true });
  }
  for (const name of ["util", "utilbin", "lib", "bin"]) {
    await Deno.symlink(`/var/lib/gridengine/${name}`, `${root}/${name}`);
  }
  const env = {
    SGE_ROOT: root,
    SGE_CELL: "default",
    SGE_QMASTER_PORT: `${freePort()}`,
    SGE_EXECD_PORT: `${freePort()}`,
  };
  const common = `${root}/default/common`;
  const bootstrap = [
    "admin_user none",
    "default_domain none",
    "ignore_fqdn true",
    "spooling_method berkeleydb",
    "spooling_lib libspoolb",
    `spooling_params ${root}/spool/db`,
    "binary_path /usr/sbin",
    `qmaster_spool_dir ${root}/spool/qmaster`,
    "security_mode none",
    "listener_threads 2",
    "worker_threads 2",
    "scheduler_threads 1",
  ];
  await Deno.writeTextFile(`${common}/bootstrap`, `${bootstrap.join("\n")}\n`);
  await Deno.writeTextFile(`${common}/act_qmaster`, "localhost\n");
  // The loopback has several names; all of them mean this host.
  await Deno.writeTextFile(`${common}/host_aliases`, `localhost ${[...namesOfLoopback()].join(" ")}\n`);
  const sge: Sge = {
    env,
    command: (program, ...args) => runProgram(env, program, args),
    [Symbol.asyncDispose]: () => stop(root, env),
  };
  try {
    await runProgram(env, "sh", [
      "/usr/share/gridengine/scripts/init_cluster",
      root,
      "default",
      `${root}/spool/db`,
      "root",
    ]);
    await runProgram(env, "/usr/sbin/sge_qmaster", []);
    await until(() => runProgram(env, "qconf", ["-sconf"]).then(() => true, () => false));
    await setUp(sge, root);
    await runProgram(env, "/usr/sbin/sge_execd", []);
    await until(async () => /main\.q@localhost\s+\S+\s+\S+\s+\d/.test(await runProgram(env, "qstat", ["-f"])));
  } catch (error) {
    await stop(root, env);
    throw error;
  }
  return sge;
}

function namesOfLoopback(): Set<string> {
  const names = new Set([Deno.hostname()]);
  for (const line of Deno.readTextFileSync("/etc/hosts").split("\n")) {
    const [address, ...words] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (address === "127.0.0.1") { for (const word of words) names.add(word); }
  }
  names.delete("localhost");
  return names;
}

async function setUp({ command }: Sge, root: string): Promise<void> {
  const put = async (name: string, flag: string, text: string) => {
    await Deno.writeTextFile(`${root}/${name}`, `${text.trimEnd()}\n`);
    await command("qconf", flag, `${root}/${name}`);
  };
  const global = changed(await command("qconf", "-sconf"), {
    execd_spool_dir: `${root}/spool/execd`,
    mailer: "/bin/true",
    min_uid: "0",
    min_gid: "0",
  });
  await put("global", "-Mconf", global);
  const times = { schedule_interval: "0:0:1", flush_submit_sec: "1", flush_finish_sec: "1" };
  await put("scheduler", "-Msconf", changed(await command("qconf", "-ssconf"), times));
  const none = ["load_scaling", "complex_values", "user_lists", "xuser_lists", "projects", "xprojects"];
  const host = ["hostname localhost", ...[...none, "usage_scaling", "report_variables"].map((name) => `${name} NONE`)];
  await put("host", "-Ae", host.join("\n"));
  await command("qconf", "-as", "localhost");
  const queue = changed(await command("qconf", "-sq"), {
    qname: "main.q",
    hostlist: "localhost",
    slots: "8",
    pe_list: "NONE",
    load_thresholds: "NONE",
    notify: "00:00:20",
  });
  await put("queue", "-Aq", queue);
}

async function stop(root: string, env: Readonly<Record<string, string>>): Promise<void> {
  const pidFiles = [`${root}/spool/qmaster/qmaster.pid`, ...execdFiles(root)];
  // Jobs that still run would be left behind, so they are ended first. If the start failed, nobody answers.
  await runProgram(env, "qdel", ["-u", "*"]).catch(() => {});
  const isEmpty = async () => (await runProgram(env, "qstat", ["-u", "*"]).catch(() => "")).trim() === "";
  await until(isEmpty, 40_000).catch(() => {});
  await endDaemons(pidFiles);
  await Deno.remove(root, { recursive: true });
}

function execdFiles(root: string): string[] {
  return [...Deno.readDirSync(`${root}/spool/execd`)].map(({ name }) => `${root}/spool/execd/${name}/execd.pid`);
}
