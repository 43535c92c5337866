/**
 * A real Slurm on this machine: munged, slurmctld and slurmd in a temporary folder, on ports of their own. It needs no
 * systemd, no cgroups and no database. The node pretends to have more processors than the machine.
 *
 * @module
 */
import { endDaemons, isThere, runProgram, until } from "../support/daemons/daemons.ts";
import { freePort } from "../support/redis/redis_server.ts";

const PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol"];

/** Debian installs the daemons where only root looks for them. */
const FOLDERS = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"];

/** Whether the tests can run here. Slurm's daemons run as root. */
export const hasSlurm: boolean = PROGRAMS.every((name) => FOLDERS.some((folder) => isThere(`${folder}/${name}`))) &&
  Deno.uid() === 0;

/** Appended to the names of tests that are skipped. */
export const SKIPPED: string = hasSlurm ? "" : " (skipped: needs root, slurmctld, slurmd, slurm-client, munge)";

/** An element of an array, as squeue lists it. */
export interface Element {
  /** The id of the array, as in `12`. */
  readonly array: string;
  /** The id of the element, as in `12_3`. */
  readonly id: string;
  readonly state: string;
}

/** How the cluster is set up. */
export interface SlurmOptions {
  /** @default 16 */
  readonly processors?: number;
  /** Further lines of slurm.conf. */
  readonly settings?: readonly string[];
}

/** A running Slurm. */
export interface Slurm extends AsyncDisposable {
  readonly folder: string;
  /** The environment in which Slurm's commands find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs one of Slurm's commands and returns its stdout. */
  command(program: string, ...args: string[]): Promise<string>;
  /** Returns the elements that wait or run. */
  elements(): Promise<Element[]>;
  /** Returns the ids of all jobs that were ever submitted, as the controller's log names them. */
  submitted(): string[];
}

function configuration(folder: string, { processors = 16, settings = [] }: SlurmOptions): string {
  const host = Deno.hostname().split(".")[0] ?? "localhost";
  return [
    "ClusterName=jug",
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmctldPort=${freePort()}`,
    `SlurmdPort=${freePort()}`,
    "SlurmUser=root",
    "SlurmdUser=root",
    "AuthType=auth/munge",
    "CryptoType=crypto/munge",
    `AuthInfo=socket=${folder}/munge.socket`,
    `StateSaveLocation=${folder}/state`,
    `SlurmdSpoolDir=${folder}/spool`,
    `SlurmctldPidFile=${folder}/slurmctld.pid`,
    `SlurmdPidFile=${folder}/slurmd.pid`,
    `SlurmctldLogFile=${folder}/slurmctld.log`,
    `SlurmdLogFile=${folder}/slurmd.log`,
    "ProctrackType=proctrack/linuxproc",
    "TaskPlugin=task/none",
    "JobAcctGatherType=jobacct_gather/none",
    "AccountingStorageType=accounting_storage/none",
    "SelectType=select/cons_tres",
    "SelectTypeParameters=CR_Core",
    "SlurmdParameters=config_overrides",
    "ReturnToService=2",
    "SwitchType=switch/none",
    "MpiDefault=none",
    "MinJobAge=2",
    "SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0",
    ...settings,
    `NodeName=${host} NodeAddr=127.0.0.1 CPUs=${processors} State=UNKNOWN`,
    `PartitionName=main Nodes=${host} Default=YES MaxTime=INFINITE State=UP`,
    "",
  ].join("\n");
}

/** Starts a cluster of one node, and waits until it takes jobs. */
export async function startSlurm(options: SlurmOptions = {}): Promise<Slurm> {
  const folder = await Deno.makeTempDir({ prefix: "jug_slurm_" });
  // Daemons check that others may not write here.
  await Deno.chmod(folder, 0o755);
  for (const name of ["state", "spool"]) await Deno.mkdir(`${folder}/${name}`);
  await Deno.writeFile(`${folder}/munge.key`, crypto.getRandomValues(new Uint8Array(1024)), { mode: 0o400 });
  await Deno.writeTextFile(`${folder}/slurm.conf`, configuration(folder, options));
  const env = { SLURM_CONF: `${folder}/slurm.conf` };
  const files = ["key-file=munge.key", "socket=munge.socket", "pid-file=munge.pid", "log-file=munge.log"];
  const slurm: Slurm = {
    folder,
    env,
    command: (program, ...args) => runProgram(env, program, args),
    elements: async () => elementsIn(await runProgram(env, "squeue", ["--noheader", "--array", "--format=%F|%i|%T"])),
    submitted: () => submittedIn(Deno.readTextFileSync(`${folder}/slurmctld.log`)),
    [Symbol.asyncDispose]: () => stop(folder, env),
  };
  try {
    const munged = [...files, "seed-file=munge.seed"].map((file) => `--${file.replace("=", `=${folder}/`)}`);
    await runProgram(env, "munged", ["--force", ...munged]);
    await runProgram(env, "slurmctld", ["-i"]);
    await runProgram(env, "slurmd", []);
    await until(async () => /idle/.test(await runProgram(env, "sinfo", ["--noheader", "--format=%T"]).catch(() => "")));
  } catch (error) {
    await stop(folder, env);
    throw error;
  }
  return slurm;
}

function elementsIn(text: string): Element[] {
  return text.split("\n").flatMap((line) => {
    const [array, id, state] = line.split("|");
    return array === undefined || id === undefined || state === undefined ? [] : [{ array, id, state }];
  });
}

function submittedIn(log: string): string[] {
  return [...log.matchAll(/_slurm_rpc_submit_batch_job: JobId=(\d+)/g)].map(([, id = ""]) => id);
}

async function stop(folder: string, env: Readonly<Record<string, string>>): Promise<void> {
  // Jobs that still run would be left behind, so they are ended first. If the start failed, nobody answers.
  await runProgram(env, "scancel", ["--me"]).catch(() => {});
  const isEmpty = async () => (await runProgram(env, "squeue", ["--noheader"]).catch(() => "")).trim() === "";
  await until(isEmpty, 40_000).catch(() => {});
  await endDaemons(["slurmd", "slurmctld", "munge"].map((name) => `${folder}/${name}.pid`));
  await Deno.remove(folder, { recursive: true });
}
