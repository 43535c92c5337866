/**
 * Writes results, and descriptions of how they were computed, to files for other programs.
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
 * The format of a file: JSON or YAML.
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
  /** The format of the file. Default: YAML if its name ends in `.yaml` or `.yml`, otherwise JSON. */
  readonly format?: TextFormat;
}

/**
 * Options of {@linkcode writeTaskOut}.
 *
 * @category Utilities
 */
export interface TaskOutOptions extends MetadataOptions {
  /** The path of a second file for the description of the computation (see {@linkcode describe}). Default: none. */
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
    const remedy = "Write it in a task of your own, in a format that suits it";
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

/** Writes a file as a whole or not at all: through a temporary file, which is then renamed. */
async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    if (typeof content === "string") await Deno.writeTextFile(temporary, content);
    else await Deno.writeFile(temporary, content);
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {}); // it may not have been created
    throw error;
  }
}

function requireFormat(maker: string, format: string | undefined): void {
  if (format === undefined || format === "json" || format === "yaml") return;
  throw new JugError("usage", `${maker}: the format ${JSON.stringify(format)} is unknown`, {
    remedy: 'The formats are "json" and "yaml"',
  });
}

function requireTask(maker: string, task: unknown): void {
  if (isNode(task)) return;
  throw new JugError("usage", `${maker}(task, path) takes a task or a tasklet`, {
    remedy: "Write a plain value with Deno.writeTextFile, or in a task of your own",
  });
}

/** Removes options that are `undefined`, so that they make the same task as options that are left out. */
function given(options: TaskOutOptions): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

/**
 * Declares a task that writes the result of another task to a file: text and bytes as they are, other plain data as
 * JSON or YAML. Any other result makes it fail.
 *
 * @param task The task or tasklet whose result is written.
 * @param path The path of the file, relative to the current folder.
 * @param options The format, and a second file for the description of the computation.
 * @returns A task whose result is `path`, so that tasks that read the file can depend on it.
 * @throws {JugError} if `task` is not a task or tasklet, or an option or the format is unknown.
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
 * Declares a task that writes the description of a computation to a file (see {@linkcode describe}).
 *
 * @param task The task or tasklet to describe.
 * @param path The path of the file, relative to the current folder.
 * @param options The format of the file.
 * @returns A task whose result is `path`.
 * @throws {JugError} if `task` is not a task or tasklet, or an option or the format is unknown.
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
