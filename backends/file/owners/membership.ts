/**
 * The registration of a process: its file in workers/, with the flock and the heartbeat.
 *
 * @module
 */
import { JugError } from "../../../core/errors.ts";
import type { Membership, Owner } from "../../backend.ts";
import { TIDY_EVERY } from "../../stillness.ts";
import { attempt, isDiskFull } from "../errors.ts";
import { lockIfCan, type OpenFile } from "../system/file_system.ts";
import type { Jugdir } from "../jugdir.ts";
import type { OwnerLiveness } from "./owner_liveness.ts";
import type { Claims } from "../claims/claims.ts";
import { removeTemporary, type Tidying } from "./tidying.ts";
import { beatText, workerText } from "./worker_file.ts";

/** What a membership depends on. */
export interface MembershipParts {
  readonly jugdir: Jugdir;
  readonly liveness: OwnerLiveness;
  readonly claims: Claims;
  readonly tidying: Tidying;
}

/** Refuses a mount on which a claim could not be verified. */
function checkMount({ address, mount }: Jugdir): void {
  if (!mount.options?.includes("nocto")) return;
  throw new JugError("backend", `jugdir "${address}" is mounted with the option nocto`, {
    remedy:
      "Mount it without nocto, since tasks could run twice, or choose another jugdir with --jugdir, such as redis://HOST",
  });
}

/**
 * Creates the owner's file and locks it before anybody can see it: an unlocked file would mean that the owner is dead.
 */
function publish(jugdir: Jugdir, owner: Owner, beat: number): OpenFile {
  return jugdir.withFolders(() => publishOnce(jugdir, owner, beat));
}

function publishOnce(jugdir: Jugdir, owner: Owner, beat: number): OpenFile {
  const { files, layout, temporary } = jugdir;
  const draft = temporary(owner.id);
  const file = files.open(draft, "create");
  try {
    // If the file system has no flocks, only the heartbeat counts.
    const locked = lockIfCan(file);
    file.write(new TextEncoder().encode(workerText(owner, beat, locked)), 0);
    file.sync();
    files.rename(draft, layout.worker(owner.id));
    jugdir.touch(layout.workers); // an owner whose file is absent counts as dead
    return file;
  } catch (error) {
    file.close();
    files.remove(draft);
    throw error;
  }
}

/** Registers `owner`. Calls `onRegistered` as soon as its file exists. */
export function enlist(parts: MembershipParts, owner: Owner, onRegistered: () => void = () => {}): Membership {
  const { jugdir, liveness, claims, tidying } = parts;
  const { address, files, layout } = jugdir;
  liveness.standAt(owner);
  jugdir.prepare();
  checkMount(jugdir);
  let beat = 0;
  let file: OpenFile | undefined = publish(jugdir, owner, beat);
  onRegistered();
  let { isPending } = tidying.look();
  let hasLeft = false;

  /** Writes the heartbeat. Returns whether it could be written to the file that has this owner's name. */
  function beatInPlace(): boolean {
    jugdir.refresh(layout.workers);
    // Another process may have removed the file. Until it is back, this owner counts as dead.
    if (file === undefined || !files.exists(layout.worker(owner.id))) return false;
    try {
      file.write(new TextEncoder().encode(beatText(beat)), 0);
      // Other hosts see only what has reached the file server.
      file.sync();
      return true;
    } catch (error) {
      if (isDiskFull(error)) throw error;
      // A file server that has heard nothing from this host for too long drops its locks, and refuses the open file for
      // ever. A new one is as good.
      return false;
    }
  }

  function publishAnew(): void {
    // Publish the new file before closing the old one: an unlocked file would mean that this owner is dead.
    const old = file;
    file = publish(jugdir, owner, beat);
    old?.close();
  }

  function deregister(): void {
    removeTemporary(jugdir, new Set([owner.id]));
    files.remove(layout.worker(owner.id));
    file?.close();
    file = undefined;
  }

  return {
    renew: () =>
      attempt(address, () => {
        if (hasLeft) return;
        beat++;
        if (!beatInPlace()) publishAnew();
        // Two renewals take two thirds of a lease. After half of a lease it is known which processes of this host are
        // dead.
        if (beat % TIDY_EVERY === 0 || (isPending && beat % 2 === 0)) ({ isPending } = tidying.look());
      }),
    leave: () =>
      attempt(address, () => {
        if (hasLeft) return;
        hasLeft = true;
        claims.closeAll(owner.id);
        tidying.removeStates(owner.id);
        deregister();
      }),
  };
}
