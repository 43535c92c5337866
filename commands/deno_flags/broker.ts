/**
 * Records the permissions that a process asks for, each at the moment it is used, and grants them all.
 *
 * If DENO_PERMISSION_BROKER_PATH names the socket of a broker, Deno asks the broker instead of checking its flags. Each
 * question and each answer is a line of JSON. The alternative, DENO_AUDIT_PERMISSIONS, is not usable: it records a
 * write for every read, and does not record which programs are started.
 *
 * @module
 */
import { createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { KINDS } from "../../core/remedy/permission_kinds.ts";
import type { Need } from "./need.ts";

/** A running broker. */
export interface Broker {
  /** The environment variables to set for the observed process. */
  readonly env: Readonly<Record<string, string>>;
  /** The permissions that were asked for so far. */
  readonly needs: readonly Need[];
  close(): void;
}

/** Opens a broker. Its socket is in `folder`, except on Windows, where it is a named pipe. */
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

/** Parses a question of Deno: `{"v":1,"id":7,"permission":"read","value":"data.csv",…}`. */
function parseQuestion(line: string): { readonly id: unknown; readonly need: Need | undefined } {
  const question: unknown = JSON.parse(line);
  if (typeof question !== "object" || question === null) {
    throw new TypeError(`not a question to a permission broker: ${line}`);
  }
  const id: unknown = Reflect.get(question, "id");
  const value: unknown = Reflect.get(question, "value");
  const kind = KINDS.find((kind) => kind === Reflect.get(question, "permission"));
  return { id, need: kind && { kind, value: typeof value === "string" ? value : undefined } };
}
