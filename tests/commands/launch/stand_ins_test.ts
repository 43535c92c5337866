/**
 * `jug launch` with PBS and LSF, which cannot be had here: stand-ins on PATH record what they are given, and run the
 * scripts as processes of this machine. So these tests show that jug and its reading of the manuals agree, no more.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type Project, withProject } from "../../support/project.ts";
import { startJug } from "../../support/run_jug.ts";

const JUGFILE = `import { TaskGenerator } from "jug";
const square = TaskGenerator(async function square(n: number) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  return n * n;
});
export const squares = Array.from({ length: 12 }, (_, n) => square(n));
`;

/** Records the call in the file `calls`. */
const RECORD = `#!/bin/sh\necho "\${0##*/} $*" >> "$STAND_IN/calls"\n`;

/** Starts the script on stdin once for each index between two numbers. The variables are those of the scheduler. */
function starts(from: string, to: string, variables: string): string {
  return `cat > "$STAND_IN/script"
i=${from}
while [ "$i" -le ${to} ]; do
  ${variables} sh "$STAND_IN/script" >/dev/null 2>&1 </dev/null &
  echo "$! $i" >> "$STAND_IN/pids"
  i=$((i + 1))
done
`;
}

/** Prints a line of each process that still runs. */
function lists(line: string): string {
  return `touch "$STAND_IN/pids"
while read -r pid i; do
  if kill -0 "$pid" 2>/dev/null; then ${line}; fi
done < "$STAND_IN/pids"
`;
}

const PBS = {
  qsub: `for word; do case $word in 0-*) last=\${word#0-} ;; esac; done
${starts("0", '"$last"', 'PBS_JOBID="7[$i].pbs" PBS_ARRAY_INDEX=$i')}echo "7[].pbs"
`,
  qstat: `if [ "$1" = -B ]; then echo "    max_array_size = 100"; exit; fi
printf '{"Jobs": {"7[].pbs": {"Job_Name": "%s", "job_state": "B"}' "$(sed -n 's/.* -N \\([^ ]*\\) .*/\\1/p' "$STAND_IN/calls" | head -1)"
name=$(sed -n 's/.* -N \\([^ ]*\\) .*/\\1/p' "$STAND_IN/calls" | head -1)
${lists(`printf ', "7[%s].pbs": {"Job_Name": "%s", "job_state": "R"}' "$i" "$name"`)}echo '}}'
`,
  qdel: "",
  qsig: "",
};

const LSF = {
  bsub: `for word; do case $word in jug-*) last=\${word#*-}; last=\${last#*-}; last=\${last%]} ;; esac; done
${starts("1", '"$last"', "LSB_JOBID=7 LSB_JOBINDEX=$i")}echo "Job <7> is submitted to default queue <normal>."
`,
  bjobs: `name=$3
${lists('echo "7|$i|RUN|1 second(s)|$name[$i]"')}`,
  bkill: "",
  bparams: `echo "MAX_JOB_ARRAY_SIZE = 100"`,
};

/** Runs a launch with these programs, and returns the calls of them. */
async function launchWith(
  { folder }: Project,
  kind: string,
  programs: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  Deno.mkdirSync(`${folder}/bin`);
  for (const [name, text] of Object.entries(programs)) {
    Deno.writeTextFileSync(`${folder}/bin/${name}`, RECORD + text, { mode: 0o755 });
  }
  const words = [
    "launch",
    kind,
    "squares.ts",
    "--max",
    "3",
    "--time",
    "1h",
    "--idle",
    "1s",
    "--every",
    "1s",
    "--watch",
  ];
  const env = { PATH: `${folder}/bin:${Deno.env.get("PATH")}`, STAND_IN: folder };
  const { code, stderr } = await startJug([...words, "--", "-q", "long"], { cwd: folder, env }).result;
  assert.equal(code, 0, stderr);
  return Deno.readTextFileSync(`${folder}/calls`).trim().split("\n");
}

for (
  const [kind, programs, submission] of [
    [
      "pbs",
      PBS,
      /^qsub -N jug-[0-9a-f]{10} -S \/bin\/sh -j oe -o \/dev\/null -r y -J 0-2 -l walltime=1:00:00 -q long$/,
    ],
    ["lsf", LSF, /^bsub -J jug-[0-9a-f]{10}\[1-3\] -cwd \S+ -o \/dev\/null -r -W 60 -wa TERM -wt 1 -q long$/],
  ] as const
) {
  Deno.test(`launch ${kind} submits one array and sees its jobs, with stand-ins of ${kind.toUpperCase()}`, async () => {
    await withProject({ "squares.ts": JUGFILE }, async (project) => {
      const calls = await launchWith(project, kind, programs);
      const submissions = calls.filter((call) => /^[qb]sub /.test(call));
      assert.equal(submissions.length, 1, calls.join("\n"));
      assert.match(submissions[0] ?? "", submission);
      assert.equal(project.names("squares.jugdata/logs").length, 3, "one log a worker");
    });
  });
}
