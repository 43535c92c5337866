/**
 * A fake process for the command line, which keeps its output.
 *
 * @module
 */
import type { Host } from "../../commands/cli/host.ts";

/** A {@linkcode Host} whose output can be read. */
export interface FakeHost extends Host {
  readonly written: { stdout: string; stderr: string };
}

/** Returns a host with an empty environment, at noon on 5 March 2026. */
export function fakeHost(): FakeHost {
  const written = { stdout: "", stderr: "" };
  return {
    written,
    stdout: (text) => void (written.stdout += text),
    stdoutBytes: () => {
      throw new Error("this host takes text only");
    },
    isStdoutOpen: () => true,
    stderr: (text) => void (written.stderr += text),
    liveStdout: false,
    liveStderr: false,
    color: { stdout: false, stderr: false },
    terminalSize: () => undefined,
    env: () => undefined,
    mayRead: () => true,
    canAsk: false,
    confirm: () => {
      throw new Error("nobody can be asked");
    },
    now: () => new Date(2026, 2, 5, 12),
  };
}
