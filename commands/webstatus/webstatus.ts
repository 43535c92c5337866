/**
 * `jug webstatus`: serves the report as a page that is kept up to date.
 *
 * @module
 */
import { isIP } from "node:net";
import { JugError } from "../../core/errors.ts";
import type { Command, OptionDeclaration } from "../cli/command.ts";
import { flagOption, type NumberDeclaration, numberOf, textOption } from "../cli/option_values.ts";
import type { WebstatusOptions } from "./options.ts";
import { DASHBOARD_IP, DASHBOARD_PORT } from "../deno_flags/own_needs.ts";

const PORT = {
  flags: "--port <n>",
  description: "the port to listen on; 0: any free one",
  value: { kind: "number", fallback: DASHBOARD_PORT, whole: true, min: 0, max: 65535 },
} as const satisfies NumberDeclaration;

const IP = {
  flags: "--ip <address>",
  description: "the address to listen on; 0.0.0.0: all of this host, so that other machines reach it",
  value: { kind: "text", fallback: DASHBOARD_IP, check: checkAddress },
} as const satisfies OptionDeclaration;

/** The subcommand. */
export const webstatus: Command = {
  name: "webstatus",
  summary: "Serve a page that shows the state of all tasks, and follows it",
  examples: [
    ["jug webstatus primes.ts", "a page for you, at the address that is printed"],
    ["jug webstatus primes.ts --allow-actions", "also invalidate results and free failures there"],
  ],
  options: [
    PORT,
    IP,
    { flags: "--no-token", description: "show the page to everybody who reaches the port, without the token" },
    {
      flags: "--allow-actions",
      description: "let those who have the second address that is printed invalidate results and free failures",
    },
    { flags: "--no-arguments", description: "do not show the arguments of tasks, nor those for the jugfile" },
  ],
  prepare(values) {
    const ip = textOption(values, "ip") ?? DASHBOARD_IP;
    checkAddress(ip, "option '--ip'");
    const options: WebstatusOptions = {
      port: numberOf(values, PORT),
      ip,
      needsToken: values["token"] !== false,
      allowsActions: flagOption(values, "allowActions"),
      showsArguments: values["arguments"] !== false,
    };
    return async (context) => await (await import("./run_webstatus.ts")).runWebstatus(context, options);
  },
};

function checkAddress(text: string, subject: string): void {
  if (isIP(text) !== 0) return;
  throw new JugError("usage", `${subject} cannot be ${JSON.stringify(text)}`, {
    remedy: "Give an IP address: 127.0.0.1 for this host alone, 0.0.0.0 for all networks",
  });
}
