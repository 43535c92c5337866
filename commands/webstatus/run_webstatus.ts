/**
 * Runs the dashboard's server until a signal ends it.
 *
 * @module
 */
import { isIP } from "node:net";
import { isMemoryAddress } from "../../backends/scheme.ts";
import { JugError } from "../../core/errors.ts";
import { thisHost } from "../../engine/results/owner.ts";
import { onSignals } from "../../engine/threads/signals.ts";
import type { CommandContext } from "../cli/command.ts";
import { type Sight, unloadedNotice, withJugfileOrJugdir } from "../cli/jugfile_or_jugdir.ts";
import type { Outcome } from "../cli/outcome.ts";
import { thisProgram } from "../report/this_program.ts";
import { newToken } from "./access.ts";
import { openDashboard } from "./dashboard.ts";
import { requestHandler } from "./routes.ts";
import type { WebstatusOptions } from "./options.ts";

/** Serves the page until a signal arrives. */
export async function runWebstatus(context: CommandContext, options: WebstatusOptions): Promise<Outcome> {
  if (isMemoryAddress(context.jugdir)) {
    throw new JugError("usage", "webstatus cannot follow a jugdir in memory", {
      remedy: "Use a folder, sqlite: or redis: as jugdir: other processes see what happens there",
    });
  }
  return await withJugfileOrJugdir(context, (sight) => serve(context, options, sight));
}

async function serve(context: CommandContext, options: WebstatusOptions, sight: Sight): Promise<Outcome> {
  const rules = {
    token: options.needsToken ? newToken() : undefined,
    actionToken: options.allowsActions ? newToken() : undefined,
    hostNames: hostNames(),
  };
  await using dashboard = await openDashboard({
    context,
    sight,
    rules,
    showsArguments: options.showsArguments,
    program: thisProgram(),
  });
  const handle = requestHandler(rules, dashboard.answers);
  const server = listen(options, async (request) => {
    try {
      return await handle(request);
    } catch (error) {
      return dashboard.failed(error);
    }
  });
  const ended = new Promise<string>((resolve) => {
    const removeSignals = onSignals((name) => {
      removeSignals();
      resolve(name);
    });
  });
  if (sight.kind === "jugdir") {
    context.say(unloadedNotice(sight.failure, "so the page shows what the jugdir alone knows"));
  }
  const { port } = server.addr;
  const query = rules.token === undefined ? "" : `?token=${rules.token}`;
  const url = `${addressOf(options.ip, port)}/${query}`;
  // Programs that start it read the address from stdout.
  context.stdout(`${url}\n`);
  if (rules.actionToken !== undefined) {
    context.stdout(`${url}${query === "" ? "?" : "&"}action=${rules.actionToken}\n`);
    context.say("Whoever has the second address can invalidate results and free failures");
  }
  if (rules.token === undefined) context.say("Without a token, everybody who reaches this port sees the page");
  context.say("Ctrl-C ends it");
  await ended;
  // Open event streams would keep the server from ending.
  await dashboard.close();
  await server.shutdown();
  return { kind: "done" };
}

function listen(
  { ip, port }: WebstatusOptions,
  handler: (request: Request) => Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname: ip, port, handler, onListen: () => {} });
  } catch (cause) {
    if (cause instanceof Deno.errors.AddrInUse) {
      throw new JugError("usage", `port ${port} of ${ip} is in use`, {
        remedy: `Give another one, as in --port ${port + 1}, or --port 0 for any free one`,
        cause,
      });
    }
    if (cause instanceof Deno.errors.AddrNotAvailable) {
      throw new JugError("usage", `this host has no address ${ip}`, { remedy: "Give --ip one of its own", cause });
    }
    throw cause;
  }
}

/** Returns the address to open. All addresses of a host are none that a browser can open. */
function addressOf(ip: string, port: number): string {
  const [own] = hostNames();
  const host = /^(0\.0\.0\.0|::)$/.test(ip) ? own ?? "localhost" : isIP(ip) === 6 ? `[${ip}]` : ip;
  return `http://${host}:${port}`;
}

/** Returns the names of this host, if they may be known. */
function hostNames(): readonly string[] {
  const name = thisHost().host?.toLowerCase();
  return name === undefined ? [] : [...new Set([name, name.split(".")[0] ?? name])];
}
