/**
 * Reads configuration files as the command line does, in the process of the test.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Configuration } from "../../../commands/cli/configuration.ts";
import type { OptionValues } from "../../../commands/cli/command.ts";
import { prepare } from "../../../commands/cli/invocation.ts";
import { parseCommandLine } from "../../../commands/cli/parse.ts";
import { configure } from "../../../commands/config/configure.ts";
import { subcommands } from "../../../commands/subcommands.ts";
import { isJugError } from "../../../core/errors.ts";
import { withTempDir } from "../../support/temp_dir.ts";

/** Folders and files of a test, by paths: the content of a file, as text or as JSON. */
export type Files = Readonly<Record<string, unknown>>;

/** A folder with the files of a test. */
export interface Place {
  readonly folder: string;
  /** Returns the options of a command line, with those from files. Words are split at spaces. */
  read(words: string, env?: Readonly<Record<string, string>>): Promise<Read>;
  /** Returns the message with which a command line is refused. */
  refusal(words: string): Promise<string>;
}

/** What a command line means. */
export interface Read {
  readonly values: OptionValues;
  readonly configuration: Configuration;
}

/** Calls `use` with a folder that is the root of a repository and contains `files`. `@` in words is the folder. */
export function withFiles(files: Files, use: (place: Place) => Promise<void>): Promise<void> {
  return withTempDir(async (temporary) => {
    const folder = Deno.realPathSync(temporary);
    Deno.mkdirSync(`${folder}/.git`);
    for (const [path, content] of Object.entries(files)) {
      Deno.mkdirSync(`${folder}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
      Deno.writeTextFileSync(`${folder}/${path}`, typeof content === "string" ? content : JSON.stringify(content));
    }
    const read: Place["read"] = async (words, env = {}) => {
      const line = parseCommandLine(words.replaceAll("@", folder).split(" "), subcommands, "1.2.3");
      if (line.kind !== "run") assert.fail("was shown, not run");
      const read = await configure(line, subcommands, { mayRead: () => true, env: (name) => env[name] });
      prepare(line, subcommands, read.values, read.configuration);
      return read;
    };
    const refusal: Place["refusal"] = async (words) => {
      try {
        await read(words);
      } catch (error) {
        if (isJugError(error) && error.kind === "usage") return error.message.replaceAll(folder, "@");
        throw error;
      }
      return assert.fail(`${words} was not refused`);
    };
    await use({ folder, read, refusal });
  });
}
