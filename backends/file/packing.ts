/**
 * `jug pack`: moves small results, one file each, into a few packs, while others work on the same jugdir.
 *
 * The order of the steps makes this safe, no matter when the process ends; docs/file-backend.md explains the steps.
 *
 * @module
 */
import { type Hash, isHash } from "../../core/brand.ts";
import { JugError } from "../../core/errors.ts";
import {
  createText,
  type FileStat,
  type FileSystem,
  type OpenFile,
  readText,
  type Timer,
} from "./system/file_system.ts";
import type { Jugdir } from "./jugdir.ts";
import { NOBODY } from "./lock_file.ts";
import { hasPackHead, PackWriter } from "./pack_file.ts";
import {
  createPacks,
  isGoneText,
  type PackNameKind,
  type Packs,
  type PackSight,
  parseGone,
  parsePackName,
  type Strike,
  writeGone,
} from "./packs.ts";

/** Options of {@linkcode packResults}. */
export interface PackOptions {
  /** Larger results stay in their own files. @default 65,536 */
  readonly maxBytes?: number;
  /** How long other processes may take to see a step, in milliseconds. @default 250 */
  readonly settleMs?: number;
  /** Called from time to time with the number of results packed so far. */
  readonly onProgress?: (packed: number) => void;
}

/** What was packed. */
export interface PackSummary {
  /** How many results moved from their own files into packs. */
  readonly packed: number;
  /** How many older packs were folded into new ones. */
  readonly folded: number;
  /** How many packs there are now. */
  readonly packs: number;
  /** Packs that cannot be read. The tasks whose results they held run again. */
  readonly damaged: readonly string[];
}

/** A pack of this size is full. It is left alone until more than half of its results were removed. */
const FULL_BYTES = 64 * 1024 * 1024;
const DEFAULT_MAX_BYTES = 64 * 1024;
const DEFAULT_SETTLE_MS = 250;
const PROGRESS_EVERY = 1_000;
/** Longer than a step of a server's clock, which is up to 10 ms on Linux with NFSv3. */
const STEP_MS = 20;
/** The ending of a file that is created only to change its folder. */
const SEEN = ".seen";

interface Loose {
  readonly hash: Hash;
  readonly identity: string;
}

interface Draft {
  readonly id: string;
  readonly writer: PackWriter;
  readonly loose: Loose[];
  readonly folded: { readonly hash: Hash; readonly from: PackSight }[];
}

function identityOf(stat: FileStat | undefined): string | undefined {
  return stat === undefined ? undefined : `${stat.ino} ${stat.mtime} ${stat.size}`;
}

function settle(timer: Timer, ms: number): Promise<void> {
  return new Promise((resolve) => timer(resolve, ms));
}

/** Packs the small results of a jugdir. */
export async function packResults(jugdir: Jugdir, options: PackOptions = {}): Promise<PackSummary> {
  jugdir.makeFolder(jugdir.layout.packs);
  using guard = jugdir.files.open(`${jugdir.layout.packs}/lock`, "share");
  if (isTaken(guard)) {
    throw new JugError("backend", `jugdir "${jugdir.address}": another jug pack is running in it`, {
      remedy: "Wait until it ends",
    });
  }
  const packs = createPacks(jugdir, NOBODY);
  try {
    return await new Packing(jugdir, packs, options).run();
  } finally {
    packs.close();
  }
}

function isTaken(guard: OpenFile): boolean {
  try {
    return !guard.tryLock("exclusive");
  } catch {
    // The file system has no flocks. Two packings at once do the work twice, but cause no harm.
    return false;
  }
}

class Packing {
  readonly #jugdir: Jugdir;
  readonly #files: FileSystem;
  readonly #packs: Packs;
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #settleMs: number;
  readonly #onProgress: (packed: number) => void;
  readonly #seen = new Set<Hash>();
  /** Files whose results are in a pack that counts. */
  readonly #spare: Loose[] = [];
  #draft: Draft | undefined;
  #packed = 0;

  constructor(jugdir: Jugdir, packs: Packs, options: PackOptions) {
    this.#jugdir = jugdir;
    this.#files = jugdir.files;
    this.#packs = packs;
    this.#folder = jugdir.layout.packs;
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#settleMs = options.settleMs ?? DEFAULT_SETTLE_MS;
    this.#onProgress = options.onProgress ?? (() => {});
  }

  async run(): Promise<PackSummary> {
    this.#removeUnfinished();
    this.#packs.refresh();
    const folded = this.#foldable();
    try {
      for (const sight of folded) await this.#fold(sight);
      for await (const loose of this.#smallResults()) await this.#add(loose);
      await this.#commit();
    } catch (error) {
      this.#giveUp();
      throw error;
    }
    // Readers must know the new packs before the files and packs that these replace are removed.
    await settle(this.#jugdir.timer, this.#settleMs);
    for (const loose of this.#spare) if (this.#packs.has(loose.hash)) this.#removeLoose(loose);
    for (const { id } of folded) this.#removePack(id);
    this.#removeForgotten();
    this.#packs.refresh();
    const damaged = this.#packs.damaged();
    return { packed: this.#packed, folded: folded.length, packs: this.#packs.all().length, damaged };
  }

  /** Removes the pack that does not count yet, so that it does not keep a full disk full. */
  #giveUp(): void {
    if (this.#draft === undefined) return;
    this.#draft.writer.abandon();
    this.#files.remove(this.#unbornPath(this.#draft));
    this.#draft = undefined;
  }

  #unbornPath({ id }: Draft): string {
    return `${this.#folder}/${id}.new`;
  }

  /** Removes what an earlier packing left unfinished. */
  #removeUnfinished(): void {
    for (const name of this.#files.names(this.#folder)) {
      const path = `${this.#folder}/${name}`;
      if (this.#isUnfinished(path, parsePackName(name)?.kind)) this.#files.remove(path);
    }
  }

  /** Whether a file was left by an unfinished packing. The name alone does not show who created it. */
  #isUnfinished(path: string, kind: PackNameKind | undefined): boolean {
    if (kind !== "new" && kind !== "seen") return false;
    const stat = this.#files.stat(path);
    if (stat === undefined || stat.isDirectory) return false;
    return kind === "new" ? hasPackHead(this.#files, path) : stat.size === 0;
  }

  /** Returns the packs that are not full, or not full any more. Returns none if there is nothing to gain. */
  #foldable(): PackSight[] {
    const open = this.#packs.all().filter(({ pack, gone }) => pack.size < FULL_BYTES || gone.size > pack.count / 2);
    const [only] = open;
    return open.length === 1 && only?.gone.size === 0 && !this.#hasSmallResults() ? [] : open;
  }

  #hasSmallResults(): boolean {
    for (const path of this.#resultPaths()) {
      if ((this.#files.stat(path.path)?.size ?? Infinity) <= this.#maxBytes) return true;
    }
    return false;
  }

  *#resultPaths(): Generator<{ hash: Hash; path: string }> {
    const { results } = this.#jugdir.layout;
    for (const folder of this.#files.names(results)) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      for (const name of this.#files.names(`${results}/${folder}`)) {
        const hash = folder + name;
        if (isHash(hash)) yield { hash, path: `${results}/${folder}/${name}` };
      }
    }
  }

  async *#smallResults(): AsyncGenerator<Loose & { bytes: Uint8Array }> {
    let looks = 0;
    for (const { hash, path } of this.#resultPaths()) {
      // Yield, so that signals are handled.
      if (++looks % PROGRESS_EVERY === 0) await settle(this.#jugdir.timer, 0);
      // Take the identity before reading: if the file is replaced in between, #commit finds that it is not the packed
      // file.
      const stat = this.#files.stat(path);
      const identity = identityOf(stat);
      if (stat === undefined || identity === undefined || stat.size > this.#maxBytes) continue;
      const bytes = this.#files.read(path);
      if (bytes !== undefined) yield { hash, identity, bytes };
    }
  }

  /** Copies the rest of a pack. */
  async #fold(from: PackSight): Promise<void> {
    for (const entry of from.pack.entries()) {
      const { hash } = entry;
      if (!from.isLive || from.gone.has(hash) || this.#seen.has(hash)) continue;
      const bytes = from.pack.read(entry);
      if (bytes === undefined) continue; // another process folded it
      const draft = await this.#room(entry.length);
      draft.writer.add(hash, bytes);
      draft.folded.push({ hash, from });
      this.#seen.add(hash);
    }
  }

  async #add({ hash, identity, bytes }: Loose & { bytes: Uint8Array }): Promise<void> {
    // The result is in a pack already. Its file is a leftover of a packing that did not finish.
    if (this.#seen.has(hash) || this.#packs.has(hash)) {
      this.#spare.push({ hash, identity });
      return;
    }
    const draft = await this.#room(bytes.length);
    draft.writer.add(hash, bytes);
    draft.loose.push({ hash, identity });
    if (++this.#packed % PROGRESS_EVERY === 0) this.#onProgress(this.#packed);
  }

  async #room(length: number): Promise<Draft> {
    if (this.#draft !== undefined && this.#draft.writer.size + length > FULL_BYTES) await this.#commit();
    if (this.#draft === undefined) {
      const id = this.#jugdir.nextCount();
      const writer = this.#jugdir.withFolders(() =>
        new PackWriter(this.#files, this.#jugdir.temporary(this.#jugdir.guest))
      );
      this.#draft = { id, writer, loose: [], folded: [] };
    }
    return this.#draft;
  }

  /** Makes the written pack count, except for results that were removed in the meantime. */
  async #commit(): Promise<void> {
    const draft = this.#draft;
    if (draft === undefined) return;
    const { id, writer, loose, folded } = draft;
    const unborn = this.#unbornPath(draft);
    writer.finish();
    await this.#show(writer.path, unborn);
    // From here on, processes that remove a result also strike it from this pack. Earlier removals are detected below.
    await settle(this.#jugdir.timer, this.#settleMs);
    this.#packs.refresh();
    const { layout } = this.#jugdir;
    const struck: Strike[] = [];
    for (const item of loose) {
      if (identityOf(this.#files.stat(layout.result(item.hash))) === item.identity) this.#spare.push(item);
      else struck.push({ id, hash: item.hash });
    }
    for (const { hash, from } of folded) if (from.gone.has(hash)) struck.push({ id, hash });
    this.#packed -= struck.length;
    if (struck.length > 0) writeGone(this.#jugdir, NOBODY, struck);
    await this.#show(unborn, `${this.#folder}/${id}.pack`);
    this.#draft = undefined;
    this.#files.syncFolder(this.#folder);
    this.#packs.refresh();
  }

  /**
   * Renames a file so that others see it at their next look. A file server counts time in steps: a folder that changes
   * twice within one step looks unchanged to a host that listed it in between. So this changes the folder once more, in
   * another step.
   */
  async #show(from: string, to: string): Promise<void> {
    this.#files.rename(from, to);
    if (this.#jugdir.mount.kind === "local") return;
    await settle(this.#jugdir.timer, STEP_MS);
    createText(this.#files, `${to}${SEEN}`, "");
    this.#files.remove(`${to}${SEEN}`);
  }

  /** Removes a result's own file, unless it has been replaced. */
  #removeLoose({ hash, identity }: Loose): void {
    const path = this.#jugdir.layout.result(hash);
    if (identityOf(this.#files.stat(path)) !== identity) return;
    // Move it aside first and check it again: others may have removed it, and stored another result.
    const aside = this.#jugdir.temporary(NOBODY);
    try {
      this.#files.rename(path, aside);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      throw error;
    }
    if (identityOf(this.#files.stat(aside)) !== identity && this.#files.link(aside, path) === "unsupported") {
      this.#files.rename(aside, path);
      return;
    }
    this.#files.remove(aside);
  }

  #removePack(id: string): void {
    try {
      this.#files.remove(`${this.#folder}/${id}.pack`);
    } catch (error) {
      // On Windows, a file that somebody reads cannot be removed. The next packing removes it.
      if (Deno.build.os !== "windows") throw error;
    }
  }

  /** Removes `….gone` files whose packs are all gone. */
  #removeForgotten(): void {
    const names = this.#files.names(this.#folder);
    const isPack = (kind: PackNameKind) => kind === "new" || kind === "pack";
    const present = new Set(names.map(parsePackName).flatMap((name) => name && isPack(name.kind) ? [name.id] : []));
    for (const name of names) {
      if (parsePackName(name)?.kind !== "gone") continue;
      const path = `${this.#folder}/${name}`;
      const text = readText(this.#files, path) ?? "";
      if (isGoneText(text) && ![...parseGone(text).keys()].some((id) => present.has(id))) this.#files.remove(path);
    }
  }
}
