/**
 * Results and their accounts as files for others to read.
 *
 * @module
 */
import { isNode } from "../../core/brand.ts";
import { describe } from "../../core/session/describe.ts";
import { JugError } from "../../core/errors.ts";
import { requireKnownOptions } from "../../core/known_options.ts";
import { plainData, refuseData } from "../../core/value/plain_data.ts";
import { declareTask } from "../../core/declare/task.ts";
import type { Later, Task } from "../../core/types.ts";
import { noLoad } from "../../core/declare/wrappers.ts";

/**
 * How data is written: as JSON or as YAML.
 *
 * @category Utilities
 */
export type TextFormat = "json" | "yaml";

/**
 * Options of {@linkcode writeMetadata}.
 *
 * @category Utilities
 */
export interface MetadataOptions {
  /** How it is written. Default: what the file's extension says, else JSON. */
  readonly format?: TextFormat;
}

/**
 * Options of {@linkcode writeTaskOut}.
 *
 * @category Utilities
 */
export interface TaskOutOptions extends MetadataOptions {
  /** Path of a second file for the account of the computation, as {@linkcode describe} gives it. Default: none. */
  readonly metadata?: string;
}

const WRITE_RESULT = { name: "jug.writeTaskOut", version: undefined, fn: writeResult };
const WRITE_METADATA = { name: "jug.writeMetadata", version: undefined, fn: writeAccount };

async function writeResult(
  result: unknown,
  task: Later<unknown>,
  path: string,
  { metadata, format }: TaskOutOptions,
): Promise<string> {
  if (metadata !== undefined) await writeAccount(task, metadata, { ...(format === undefined ? {} : { format }) });
  if (typeof result === "string" || result instanceof Uint8Array) await writeWhole(path, result);
  else {
    const remedy = "Write it in a task of your own, in whatever format it has";
    const data = plainData(result, refuseData(`writeTaskOut(${task.name}, ${JSON.stringify(path)})`, remedy));
    await writeWhole(path, await textOf(data, formatOf(path, format)));
  }
  return path;
}

async function writeAccount(task: unknown, path: string, { format }: MetadataOptions): Promise<string> {
  await writeWhole(path, await textOf(await describe(task), formatOf(path, format)));
  return path;
}

function formatOf(path: string, format: TextFormat | undefined): TextFormat {
  return format ?? (/\.ya?ml$/i.test(path) ? "yaml" : "json");
}

async function textOf(data: unknown, format: TextFormat): Promise<string> {
  if (format === "json") return `${JSON.stringify(data, undefined, 2)}\n`;
  const { stringify } = await import("npm:yaml@2");
  return stringify(data, { aliasDuplicateObjects: false });
}

/** The file is there whole, or not at all. */
async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  if (typeof content === "string") await Deno.writeTextFile(temporary, content);
  else await Deno.writeFile(temporary, content);
  await Deno.rename(temporary, path);
}

function requireFormat(maker: string, format: string | undefined): void {
  if (format === undefined || format === "json" || format === "yaml") return;
  throw new JugError("usage", `${maker}: the format ${JSON.stringify(format)} is unknown`, {
    remedy: 'There are "json" and "yaml"',
  });
}

function requireTask(maker: string, task: unknown): void {
  if (isNode(task)) return;
  throw new JugError("usage", `${maker}(task, path) takes a task or a tasklet`, {
    remedy: "Write a value that is at hand by Deno.writeTextFile, or in a task of your own",
  });
}

/** Without what is `undefined`, so that leaving an option out or not makes the same task. */
function given(options: TaskOutOptions): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/**
 * Declares a task that writes the result of another to a file: text and bytes as they are, other plain data as JSON or YAML.
 *
 * @param task Whose result.
 * @param path Of the file, relative to the current folder.
 * @param options Whether to write the account of the computation to a second file, and the format.
 * @returns A task whose result is `path`, so that whoever reads the file can depend on it.
 * @throws {JugError} where `task` is none, or an option or the format is unknown.
 *
 * @example Usage
 * ```ts
 * import { TaskGenerator, writeTaskOut } from "jug";
 *
 * const count = TaskGenerator(function count(text: string) {
 *   return { words: text.split(" ").length };
 * });
 *
 * writeTaskOut(count("to be or not to be"), "count.json", { metadata: "count.meta.yaml" });
 * ```
 *
 * @category Utilities
 */
export function writeTaskOut(task: Later<unknown>, path: string, options: TaskOutOptions = {}): Task<string> {
  requireTask("writeTaskOut", task);
  requireKnownOptions("writeTaskOut", options, ["metadata", "format"]);
  requireFormat("writeTaskOut", options.format);
  return declareTask(WRITE_RESULT, [task, noLoad(task), path, given(options)]) as Task<string>;
}

/**
 * Declares a task that writes the account of a computation to a file, as {@linkcode describe} gives it.
 *
 * @param task Whose account.
 * @param path Of the file, relative to the current folder.
 * @returns A task whose result is `path`.
 * @throws {JugError} where `task` is none, or an option or the format is unknown.
 *
 * @example Usage
 * ```ts
 * import { TaskGenerator, writeMetadata } from "jug";
 *
 * const double = TaskGenerator(function double(n: number) {
 *   return 2 * n;
 * });
 *
 * writeMetadata(double(double(2)), "eight.meta.json");
 * ```
 *
 * @category Utilities
 */
export function writeMetadata(task: Later<unknown>, path: string, options: MetadataOptions = {}): Task<string> {
  requireTask("writeMetadata", task);
  requireKnownOptions("writeMetadata", options, ["format"]);
  requireFormat("writeMetadata", options.format);
  return declareTask(WRITE_METADATA, [noLoad(task), path, given(options)]) as Task<string>;
}
