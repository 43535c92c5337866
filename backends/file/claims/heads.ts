/**
 * The heads of the partitions, and how a partition's state is changed.
 *
 * A head is an empty file named `PARTITION.SEQUENCE.STATE`. Its state is the file `states/STATE`, which was written
 * before and never changes. To change the state, a process writes a new state and renames the head from the old name to
 * the new one. The file system (over NFS, the server) lets only one process succeed, and no name is ever used twice. So
 * nobody waits for another process, however long that one is stopped, and a process that continues after such a stop
 * cannot replace a state that it has not seen.
 *
 * @module
 */
import { JugError } from "../../../core/errors.ts";
import { type ClaimState, decodeClaimState, encodeClaimState, NO_CLAIMS } from "./claim_state.ts";
import { FIRST_STATE, type Head, headFileName, parseHeadName } from "./head_name.ts";
import type { Jugdir } from "../jugdir.ts";

/** A head with its state. */
export interface KnownState {
  readonly head: Head;
  readonly state: ClaimState;
}

/** The heads of a jugdir. */
export interface Heads {
  /** Returns the state of a partition as this process last saw it. */
  known(partition: number): KnownState;
  /** Returns the state of a partition, from the file system. */
  read(partition: number): KnownState;
  /** Returns the states of all partitions, from the file system. */
  readAll(): KnownState[];
  /**
   * Replaces a state. Returns false if another process has replaced it; then {@linkcode Heads.known} is the newer one.
   * `writer`: the owner of the new state's file, should it be left over.
   */
  replace(old: KnownState, state: ClaimState, writer: string): boolean;
}

/**
 * How often a listing is repeated that does not show a head, or still shows one that is gone. A host may have cached the
 * listing, but it changes with each change of any partition.
 */
const LISTINGS = 8;

function isSame(one: Head, other: Head): boolean {
  return one.sequence === other.sequence && one.stateName === other.stateName;
}

/** Opens the heads of a jugdir. Reads nothing yet. */
export function openHeads(jugdir: Jugdir): Heads {
  const { files, layout } = jugdir;
  const states = new Map<number, KnownState>();

  /** Lists the heads. A listing beside a rename may show both names, or neither. */
  function list(): Map<number, Head> {
    jugdir.refresh(layout.heads);
    // A listing may be older than what this thread has seen or done itself.
    const heads = new Map(Array.from(states, ([partition, { head }]) => [partition, head]));
    for (const name of files.names(layout.heads)) {
      const head = parseHeadName(name);
      if (head === undefined || head.partition >= jugdir.partitions) continue;
      const other = heads.get(head.partition);
      if (other === undefined || head.sequence > other.sequence) heads.set(head.partition, head);
    }
    return heads;
  }

  /** Returns the head of a partition that is not `gone`. */
  function find(partition: number, gone?: Head): Head {
    for (let count = 0; count < LISTINGS; count++) {
      const head = list().get(partition);
      if (head !== undefined && !(gone !== undefined && isSame(head, gone))) return head;
      // A change of the folder by this host makes it forget what it has cached.
      if (count > 0) jugdir.touch(layout.heads);
    }
    throw new JugError("backend", `jugdir "${jugdir.address}": partition ${partition} has no head in "heads"`, {
      remedy: "If nothing runs, remove the folders heads and states: no result is lost",
    });
  }

  /** Reads the state of a head. Returns `undefined` if the head is not current any more. */
  function load(head: Head): KnownState | undefined {
    const known = states.get(head.partition);
    if (known !== undefined && isSame(known.head, head)) return known;
    if (head.stateName === FIRST_STATE) return { head, state: NO_CLAIMS };
    const path = `${layout.states}/${head.stateName}`;
    const bytes = files.stat(path)?.isDirectory === false ? files.read(path) : undefined;
    const state = bytes === undefined ? undefined : decodeClaimState(bytes);
    if (state !== undefined) return { head, state };
    const now = list().get(head.partition);
    if (now === undefined || !isSame(now, head)) return undefined;
    // The state was lost in a crash of the machine that has the file system, and all processes with it. If this
    // listing is old instead, nothing can be changed on its basis.
    return { head, state: NO_CLAIMS };
  }

  function remember(known: KnownState): KnownState {
    states.set(known.head.partition, known);
    return known;
  }

  function read(partition: number): KnownState {
    for (;;) {
      const known = load(find(partition));
      if (known !== undefined) return remember(known);
    }
  }

  /** Renames a head. Returns false if it has another name by now. */
  function rename(old: Head, next: Head): boolean {
    const from = `${layout.heads}/${headFileName(old)}`;
    try {
      files.rename(from, `${layout.heads}/${headFileName(next)}`);
      return true;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    // A client of a file server sends a request again if it gets no reply, so the first one may have been carried out.
    return isSame(find(next.partition, old), next);
  }

  return {
    known: (partition) => states.get(partition) ?? read(partition),
    read,
    readAll() {
      const heads = list();
      // The jugdir is new, or its absence was cached.
      if (heads.size === 0) return [];
      return Array.from({ length: jugdir.partitions }, (_, partition) => {
        const head = heads.get(partition);
        const known = head === undefined ? undefined : load(head);
        return known === undefined ? read(partition) : remember(known);
      });
    },
    replace(old, state, writer) {
      const { partition, sequence } = old.head;
      const next: Head = { partition, sequence: sequence + 1, stateName: `${writer}.${jugdir.nextCount()}` };
      const path = `${layout.states}/${next.stateName}`;
      jugdir.withFolders(() => jugdir.write(path, encodeClaimState(state)));
      if (!rename(old.head, next)) {
        files.remove(path);
        read(partition);
        return false;
      }
      remember({ head: next, state });
      if (old.head.stateName !== FIRST_STATE) files.remove(`${layout.states}/${old.head.stateName}`);
      return true;
    },
  };
}
