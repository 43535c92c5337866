/**
 * Converts a jugdir of the format "jug 1" to the present format.
 *
 * Results, failures and locks are stored as before. What is new are the hashes beside them, which the old version
 * ignores. They are filled in batches, while the jugdir still has the old format. One script then makes sure that no
 * process of the old version works on the jugdir, and sets the format. So the old version can go on after a conversion
 * that was interrupted; the next one begins again, and replaces what the first one entered. A process of the old
 * version that had looked at the format before the conversion, and joins after it, does no harm: of what it stores, no
 * runs are known.
 *
 * @module
 */
import type { Hash } from "../../core/brand.ts";
import { DurationSums } from "../duration_classes.ts";
import { durationOf } from "../stored/run_info.ts";
import { inUseError, type UpgradeOutcome } from "../upgrade_outcome.ts";
import { parseRedisAddress } from "./address.ts";
import { connect } from "./connection.ts";
import { durationFields } from "./durations.ts";
import { FORMAT, formatError, OLD_FORMAT, readFormat } from "./format.ts";
import { keysOf } from "./keys.ts";
import { oldRecords } from "./old_records.ts";
import type { Place } from "./place.ts";
import { textOf } from "./replies.ts";
import { runText } from "./runs.ts";
import { FILL_RUNS } from "./scripts/fill_runs.lua.ts";
import { UPGRADE } from "./scripts/upgrade.lua.ts";

const KILLED_HINT = ". A process that was killed counts as alive until its lease has ended, half a minute by default";

/**
 * Converts a jugdir.
 *
 * @throws {JugError} of kind "usage", if the address is invalid; of kind "backend", if a process of the old version
 * works on the jugdir, if it has an unknown format, or if the server cannot be reached
 */
export async function upgradeRedis(address: string): Promise<UpgradeOutcome> {
  const parsed = parseRedisAddress(address);
  const connection = await connect(parsed, () => performance.now());
  try {
    const unique = () => crypto.randomUUID();
    return await upgrade({ address: parsed, connection, keys: keysOf(parsed.prefix), unique });
  } finally {
    connection.close();
  }
}

async function upgrade(place: Place): Promise<UpgradeOutcome> {
  const { address, connection, keys } = place;
  const { found, isThere } = await readFormat(place);
  // Only a program that opens jugdirs without `create` leaves keys without a format. They are used as they are.
  if (found === null) return { kind: isThere ? "up-to-date" : "absent" };
  if (found === FORMAT) return { kind: "up-to-date" };
  if (found !== OLD_FORMAT) throw formatError(address, found);
  // Ask first, so that a conversion that will be refused does not begin.
  let isOld = await setFormat(place, "", []);
  const sums = new DurationSums();
  // A listing may name a hash twice.
  const seen = { result: new Set<Hash>(), failure: new Set<Hash>() };
  for await (const records of oldRecords(place)) {
    const args: string[] = [OLD_FORMAT];
    for (const { kind, hash, size, info } of records) {
      // A failure beside a result means nothing.
      if (kind === "result" || !seen.result.has(hash)) args.push(hash, runText(kind, size, info));
      if (info !== undefined && kind === "result" && !seen.result.has(hash)) sums.add(info.name, durationOf(info));
      seen[kind].add(hash);
    }
    isOld &&= await connection.call(FILL_RUNS, [keys.format, keys.runs], args) === 1;
    if (!isOld) break;
  }
  isOld &&= await setFormat(place, FORMAT, durationFields(sums.summaries()));
  // If it is not old any more, another process has converted it meanwhile.
  if (!isOld) return { kind: "up-to-date" };
  return { kind: "converted", results: seen.result.size, failures: seen.failure.size, damaged: [] };
}

/**
 * Sets the format, unless it is empty. Returns whether the jugdir still had the old format.
 *
 * @throws {JugError} of kind "backend", if a process of the old version works on the jugdir
 */
async function setFormat({ address, connection, keys }: Place, format: string, sums: string[]): Promise<boolean> {
  const pattern = `${keys.owners.replace(/[*?[\]\\]/g, "\\$&")}*`;
  const args = [OLD_FORMAT, format, keys.owners, pattern, ...sums];
  const answer = await connection.call(UPGRADE, [keys.format, keys.durations], args);
  const owner = textOf(answer).slice(keys.owners.length);
  if (owner !== "") throw inUseError(address.shown, owner, KILLED_HINT);
  return answer === 1;
}
