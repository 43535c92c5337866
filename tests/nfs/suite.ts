/**
 * How a test file of this folder declares its checks: each a test with guests that are booted for the file's first one.
 *
 * `JUG_NFS` says how much is to be checked: `short`, or `full`, which `deno task test:nfs` sets. What cannot be checked here
 * is skipped by its name, which then says why.
 *
 * @module
 */
import { bootGuests, type Guests } from "./guests.ts";
import { makeRig, workFolder } from "./rig.ts";

/** A check belongs to both forms, or to the full one alone. */
export type Form = "short" | "full";

/** The checks of a file. */
export interface Suite {
  /** Declares a check. */
  check(title: string, form: Form, run: (guests: Guests) => Promise<void>): void;
}

/** What form was asked for. */
export function askedForm(): Form {
  const asked = Deno.env.get("JUG_NFS") ?? "short";
  if (asked === "short" || asked === "full") return asked;
  throw new Error(`JUG_NFS is ${JSON.stringify(asked)}, neither short nor full`);
}

/** Makes what the checks need. */
export async function openSuite(): Promise<Suite> {
  const form = askedForm();
  const outcome = await makeRig();
  let booted: Promise<Guests> | undefined;
  let leavesOut = false;

  Deno.test.afterAll(async () => {
    const guests = await booted?.catch(() => undefined);
    await guests?.[Symbol.asyncDispose]();
  });

  function leaveOut(): void {
    // One word of it for each file, not for each check.
    if (!leavesOut) Deno.test.ignore("further checks (skipped: only with JUG_NFS=full)", () => {});
    leavesOut = true;
  }

  return {
    check(title, needed, run) {
      if (form === "short" && needed === "full") return leaveOut();
      if (outcome.kind === "impossible") return Deno.test.ignore(`${title} (skipped: ${outcome.reason})`, () => {});
      const { rig } = outcome;
      Deno.test({
        name: title,
        // The guests outlive each check.
        sanitizeOps: false,
        sanitizeResources: false,
        async fn() {
          booted ??= bootGuests(rig);
          const guests = await booted;
          try {
            await run(guests);
          } finally {
            await guests.restore();
          }
        },
      });
    },
  };
}

/** Prints what was measured in one line, to be quoted, and keeps it in the rig's folder. */
export function report(title: string, ...figures: readonly string[]): void {
  const line = `NFS, ${title}: ${figures.join("; ")}`;
  console.log(line);
  Deno.writeTextFileSync(`${workFolder()}/figures.txt`, `${new Date().toISOString()} ${line}\n`, { append: true });
}
