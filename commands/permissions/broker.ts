/**
 * Records which permissions a process asks for, each the moment it is used, and grants them all.
 *
 * Deno asks a broker, where DENO_PERMISSION_BROKER_PATH names one, instead of looking at its flags: a line of JSON for each
 * question over a socket, and one for the answer. Its other way of recording, DENO_AUDIT_PERMISSIONS, notes a write for
 * every read, and programs that are started not at all.
 *
 * @module
 */
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { KINDS } from "../../core/remedy/permission_kinds.ts";
import type { Need } from "./need.ts";

/** A broker at its work. */
export interface Broker {
  /** What the process's environment has to hold. */
  readonly env: Readonly<Record<string, string>>;
  /** What was asked for so far. */
  readonly needs: readonly Need[];
  close(): void;
}

/** Opens a broker; its socket goes into `folder` (Windows has a place of its own for them). */
export async function openBroker(folder: string): Promise<Broker> {
  const path = Deno.build.os === "windows" ? `\\\\.\\pipe\\jug-${crypto.randomUUID()}` : `${folder}/broker`;
  const needs: Need[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}); // the process was killed
    socket.on("close", () => sockets.delete(socket));
    createInterface({ input: socket }).on("line", (line) => {
      const { id, need } = parseQuestion(line);
      if (need !== undefined) needs.push(need);
      socket.write(`${JSON.stringify({ id, result: "allow" })}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
  return {
    env: { DENO_PERMISSION_BROKER_PATH: path },
    needs,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A question as Deno asks it: `{"v":1,"id":7,"permission":"read","value":"data.csv",…}`. */
function parseQuestion(line: string): { readonly id: unknown; readonly need: Need | undefined } {
  const question: unknown = JSON.parse(line);
  if (typeof question !== "object" || question === null) throw new TypeError(`no question of a broker: ${line}`);
  const id: unknown = Reflect.get(question, "id");
  const value: unknown = Reflect.get(question, "value");
  const kind = KINDS.find((kind) => kind === Reflect.get(question, "permission"));
  return { id, need: kind && { kind, value: typeof value === "string" ? value : undefined } };
}
