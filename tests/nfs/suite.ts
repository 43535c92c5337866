/**
 * How a test file of this folder declares its checks: each a test with guests that are booted for the file's first one.
 *
 * `JUG_NFS` says how much is to be checked: `short`, or `full`, which `deno task test:nfs` sets. What cannot be checked here
 * is skipped by its name, which then says why.
 *
 * @module
 */
import { bootGuests, type Guests } from "./guests.ts";
import { makeRig } from "./rig.ts";

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

  function obstacle(needed: Form): string | undefined {
    if (form === "short" && needed === "full") return "only with JUG_NFS=full";
    return outcome.kind === "made" ? undefined : outcome.reason;
  }

  Deno.test.afterAll(async () => {
    const guests = await booted?.catch(() => undefined);
    await guests?.[Symbol.asyncDispose]();
  });

  return {
    check(title, needed, run) {
      const reason = obstacle(needed);
      Deno.test({
        name: reason === undefined ? title : `${title} (skipped: ${reason})`,
        ignore: reason !== undefined,
        // The guests outlive each check.
        sanitizeOps: false,
        sanitizeResources: false,
        async fn() {
          if (outcome.kind !== "made") throw new Error(outcome.reason);
          booted ??= bootGuests(outcome.rig);
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

/** Prints what was measured in one line, to be quoted. */
export function report(title: string, ...figures: readonly string[]): void {
  console.log(`NFS, ${title}: ${figures.join("; ")}`);
}
