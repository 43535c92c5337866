/**
 * `jug upgrade`: converts a jugdir that an older version of jug made.
 *
 * @module
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { JugError } from "../../core/errors.ts";
import { schemeOf } from "../../backends/scheme.ts";
import type { UpgradeOutcome } from "../../backends/upgrade_outcome.ts";
import type { Command, CommandContext } from "../cli/command.ts";
import type { Outcome } from "../cli/outcome.ts";

/** The subcommand. */
export const upgrade: Command = {
  name: "upgrade",
  summary: "Convert a jugdir that an older version of jug made",
  options: [],
  prepare: () => upgradeJugdir,
};

const NAME_ONE = "Name a folder, sqlite:FILE or redis://HOST with --jugdir";

/** A conversion that was done or need not be done. */
interface Upgraded {
  /** The address without the password, so that it is safe to print. */
  readonly shown: string;
  readonly outcome: UpgradeOutcome;
}

type Upgrader = (address: string) => Promise<Upgraded>;

async function ofFolder(address: string): Promise<Upgraded> {
  const [{ upgradeFolder }, { thisHost }] = await Promise.all([
    import("../../backends/file.ts"),
    import("../../engine/results/owner.ts"),
  ]);
  const outcome = await upgradeFolder({ root: resolve(address), address, observer: thisHost() });
  return { shown: address, outcome };
}

async function ofDatabase(address: string): Promise<Upgraded> {
  const { upgradeSqlite } = await import("../../backends/sqlite/upgrade.ts");
  const path = address.slice("sqlite:".length);
  if (path === "") throw new JugError("usage", "the jugdir sqlite: has no file name", { remedy: NAME_ONE });
  return { shown: address, outcome: await upgradeSqlite({ path: resolve(path), address }) };
}

async function ofServer(address: string): Promise<Upgraded> {
  const [{ upgradeRedis }, { parseRedisAddress }] = await Promise.all([
    import("../../backends/redis/upgrade.ts"),
    import("../../backends/redis/address.ts"),
  ]);
  return { shown: parseRedisAddress(address).shown, outcome: await upgradeRedis(address) };
}

/** Each backend's module is loaded only when it is needed. */
const UPGRADERS: Readonly<Record<string, Upgrader>> = {
  "file:": (address) => ofFolder(fileURLToPath(address)),
  "sqlite:": ofDatabase,
  "redis:": ofServer,
  "rediss:": ofServer,
  "redis+sentinel:": ofServer,
  "rediss+sentinel:": ofServer,
  "unix:": ofServer,
};

function upgraderOf(jugdir: string): Upgrader {
  const scheme = schemeOf(jugdir);
  if (scheme === undefined) return ofFolder;
  const upgrader = Object.hasOwn(UPGRADERS, scheme) ? UPGRADERS[scheme] : undefined;
  if (upgrader !== undefined) return upgrader;
  // The rest of an address may hold a password, so it is not shown.
  throw new JugError("usage", `${scheme}… need not be converted: jug reads what older versions stored there`, {
    remedy: NAME_ONE,
  });
}

async function upgradeJugdir(context: CommandContext): Promise<Outcome> {
  const { jugdir } = context;
  const { shown, outcome } = await upgraderOf(jugdir)(jugdir);
  switch (outcome.kind) {
    case "absent":
      throw new JugError("usage", `there is no jugdir ${shown}`, { remedy: NAME_ONE });
    case "up-to-date":
      context.stdout(`${shown} has the format of this version\n`);
      return { kind: "done" };
    case "converted": {
      const { results, failures, damaged } = outcome;
      context.stdout(`Converted ${results} results and ${failures} failures\n`);
      if (damaged.length === 0) return { kind: "done" };
      const names = damaged.map((name) => `damaged-${name}`).join(", ");
      const reason =
        `packs that cannot be read were kept as ${names}; the tasks whose results they held will run again`;
      return { kind: "unfinished", reasons: [reason] };
    }
  }
}
