/**
 * Declares the checks of a test file in this folder. Each check is a test. The guests are booted for the first check of
 * a file and used by all.
 *
 * The variable `JUG_NFS` selects the checks: `short`, or `full`, which `deno task test:nfs` sets. Checks that are
 * impossible here are skipped, and their titles give the reason.
 *
 * @module
 */
import { bootGuests, type Guests } from "./guests.ts";
import { makeRig, workFolder } from "./rig.ts";

/** `short`: the check belongs to both forms; `full`: only to the full one. */
export type Form = "short" | "full";

/** The checks of a file. */
export interface Suite {
  /** Declares a check. */
  check(title: string, form: Form, run: (guests: Guests) => Promise<void>): void;
}

/** Returns the form that JUG_NFS asks for. Default: short. */
export function askedForm(): Form {
  const asked = Deno.env.get("JUG_NFS") ?? "short";
  if (asked === "short" || asked === "full") return asked;
  throw new Error(`JUG_NFS is ${JSON.stringify(asked)}, neither short nor full`);
}

/** Makes the rig, and returns a suite. */
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
    // Report this once per file, not once per check.
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
        // The guests stay open after a check.
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

/** Prints figures in one line that can be quoted, and appends them to a file in the rig's folder. */
export function report(title: string, ...figures: readonly string[]): void {
  const line = `NFS, ${title}: ${figures.join("; ")}`;
  console.log(line);
  Deno.writeTextFileSync(`${workFolder()}/figures.txt`, `${new Date().toISOString()} ${line}\n`, { append: true });
}
