/**
 * Kubernetes: indexed Jobs.
 *
 * @module
 */
import type { Adapter, Job, Launch } from "../job.ts";
import { JOB_NAME } from "../job_name.ts";
import { shellWord } from "../shell_word.ts";
import { fieldOf, linesOf, order, unexpected } from "./output.ts";

/** Where workers run. */
export interface Container {
  readonly image: string;
  /** Claims of volumes, and where they are mounted. */
  readonly volumes: readonly (readonly [claim: string, path: string])[];
}

/** A Job that is over is removed by the cluster after this time, in seconds. */
const KEPT_S = 3600;
/** One Job has at most so many workers; Kubernetes allows a hundred thousand. */
const MOST = 10_000;

/** Returns the adapter. */
export function kubernetes(launch: Launch, container: Container): Adapter {
  const kubectl = (...words: string[]) => ["kubectl", ...launch.extra, ...words];
  const selector = `--selector=jug in (${launch.names.join(",")})`;
  return {
    logsAre: "commands",
    submit({ count }) {
      const script = `${JSON.stringify(manifestOf(launch, container, count), undefined, 2)}\n`;
      return {
        script,
        calls: [{
          // Not apply: each submission is a Job with a name of its own.
          argv: kubectl("create", "--filename=-", "--output=name"),
          stdin: script,
          read: ({ stdout }) => createdOf(stdout, count),
        }],
      };
    },
    count: () => [{ argv: kubectl("get", "pods", selector, "--output=json"), read: ({ stdout }) => podsOf(stdout) }],
    cancel: (names, ending) => {
      // A pod that waits and is deleted would be created again by its Job, so a Job ends as a whole.
      if (ending === "waiting") return [];
      const which = `--selector=jug in (${names.join(",")})`;
      const more = ending === "all" ? ["--grace-period=1"] : [];
      return [order(kubectl("delete", "jobs", which, "--wait=false", ...more))];
    },
    limits: () => ({ array: MOST }),
    log: (id) => `kubectl logs --selector=job-name=${id.replace(/_\d+$/, "")}`,
  };
}

/** Returns the Job. */
export function manifestOf(launch: Launch, { image, volumes }: Container, count: number) {
  const labels = { jug: launch.name };
  const worker =
    `exec ${launch.program} execute --job "${launch.name}:\${JUG_JOB}_\${JOB_COMPLETION_INDEX}" ${launch.words}`;
  return {
    apiVersion: "batch/v1" as const,
    kind: "Job" as const,
    metadata: { generateName: `${launch.name}-`, labels },
    spec: {
      completionMode: "Indexed",
      completions: count,
      parallelism: count,
      // A worker that ends with an error is replaced by launch --watch, which can tell whether that makes sense.
      backoffLimit: 0,
      ...launch.seconds === undefined ? {} : { activeDeadlineSeconds: launch.seconds },
      ttlSecondsAfterFinished: KEPT_S,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: "Never",
          terminationGracePeriodSeconds: launch.grace,
          containers: [{
            name: "worker",
            image,
            command: ["sh", "-c", `cd ${shellWord(launch.folder)} && ${worker}`],
            env: [{ name: "JUG_JOB", valueFrom: { fieldRef: { fieldPath: "metadata.labels['job-name']" } } }],
            ...launch.workers === undefined ? {} : { resources: { requests: { cpu: String(launch.workers) } } },
            volumeMounts: volumes.map(([claim, mountPath]) => ({ name: claim, mountPath })),
          }],
          volumes: volumes.map(([claim]) => ({ name: claim, persistentVolumeClaim: { claimName: claim } })),
        },
      },
    },
  };
}

/** Reads what `kubectl create --output=name` wrote: `job.batch/NAME`. */
export function createdOf(text: string, count: number): string[] {
  const [name = ""] = linesOf(text).flatMap((line) => /^job\.batch\/([a-z0-9-]{1,63})$/.exec(line)?.[1] ?? []);
  if (name === "") throw unexpected("kubectl create", text);
  return Array.from({ length: count }, (_, index) => `${name}_${index}`);
}

/** Reads what `kubectl get pods --output=json` wrote. */
export function podsOf(text: string): Job[] {
  let items: unknown;
  try {
    items = fieldOf(JSON.parse(text), "items");
  } catch {
    throw unexpected("kubectl get", text);
  }
  if (!Array.isArray(items)) throw unexpected("kubectl get", text);
  return items.map((pod: unknown): Job => {
    const metadata = fieldOf(pod, "metadata");
    const labels = fieldOf(metadata, "labels");
    const [name, job] = [fieldOf(labels, "jug"), fieldOf(labels, "job-name")];
    const index = fieldOf(fieldOf(metadata, "annotations"), "batch.kubernetes.io/job-completion-index");
    const phase = fieldOf(fieldOf(pod, "status"), "phase");
    if (
      typeof name !== "string" || !JOB_NAME.test(name) || typeof job !== "string" || !/^[a-z0-9-]{1,63}$/.test(job) ||
      typeof index !== "string" || !/^\d{1,6}$/.test(index) || typeof phase !== "string"
    ) throw unexpected("kubectl get", JSON.stringify(metadata ?? null));
    const isLeaving = fieldOf(metadata, "deletionTimestamp") !== undefined;
    return { id: `${job}_${index}`, name, state: isLeaving ? "ending" : PHASES[phase] ?? "ending", note: phase };
  });
}

/** The other phases, Succeeded and Failed, are ends. */
const PHASES: Readonly<Record<string, Job["state"]>> = { Pending: "waiting", Running: "running", Unknown: "running" };
