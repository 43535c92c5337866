/**
 * Whether the files of an open database are still those that were opened. SQLite goes on with a file that lost its name,
 * while whoever opens the database then gets another: neither sees what the other writes, and nobody is told.
 *
 * @module
 */
import { statIfThere } from "../stat.ts";

/** What lies beside a database in WAL mode as long as anybody has it open: the log of writes, and what readers share. */
const COMPANIONS = ["-wal", "-shm"];

/** What has a name; `unseen`: Deno does not let us look. */
type Sight = { readonly kind: "file"; readonly id: string } | { readonly kind: "absent" | "unseen" };

function look(path: string): Sight {
  try {
    const stat = statIfThere(path);
    return stat === undefined ? { kind: "absent" } : { kind: "file", id: `${stat.dev} ${stat.ino}` };
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return { kind: "unseen" };
    throw error;
  }
}

/** The files of one open database. */
export interface OpenedFiles {
  /** The path of one that is gone, or has another in its place. */
  lost(): string | undefined;
}

/** Remembers the files of a database that was just opened. Each counts from when it is first seen on. */
export function openedFiles(path: string, { hasCompanions }: { readonly hasCompanions: boolean }): OpenedFiles {
  const paths = hasCompanions ? [path, ...COMPANIONS.map((ending) => path + ending)] : [path];
  const known = new Map<string, string>();

  function isLost(file: string): boolean {
    const sight = look(file);
    const before = known.get(file);
    switch (sight.kind) {
      case "unseen":
        return false;
      case "absent":
        return before !== undefined;
      case "file":
        known.set(file, before ?? sight.id);
        return before !== undefined && before !== sight.id;
    }
  }

  const lost = () => paths.find(isLost);
  lost();
  return { lost };
}

/** The first of the files beside a database in WAL mode that is not there. */
export function absentCompanion(path: string): string | undefined {
  return COMPANIONS.map((ending) => path + ending).find((file) => look(file).kind === "absent");
}
