/**
 * Detects whether the files of an open database are still those that were opened. SQLite continues with a file that has
 * lost its name, while a process that opens the database later gets another file. Then neither sees what the other
 * writes, and no error is reported.
 *
 * @module
 */
import { statIfThere } from "../file_stat.ts";

/**
 * The files beside a database in WAL mode that exist as long as anybody has it open: the write-ahead log, and the
 * memory that readers share.
 */
const COMPANIONS = ["-wal", "-shm"];

/** What is at a path. `unseen`: Deno's permissions do not allow checking. */
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
  /** Returns the path of a file that is gone or was replaced. */
  lost(): string | undefined;
}

/**
 * Remembers the files of a database that was just opened. A file that does not exist yet is remembered when it is first
 * seen.
 */
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

/** Returns the first of the files beside a database in WAL mode that does not exist. */
export function absentCompanion(path: string): string | undefined {
  return COMPANIONS.map((ending) => path + ending).find((file) => look(file).kind === "absent");
}
