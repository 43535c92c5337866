/**
 * What is known of the configuration files of a command: where they were looked for, and what was taken from them.
 *
 * @module
 */

/** A place where a configuration file was looked for. */
export interface ConfigPlace {
  /** The path of the file, or of a folder in which no file may be looked for. */
  readonly path: string;
  readonly state: PlaceState;
}

/** What was found at a place. */
export type PlaceState =
  /** a file with settings */
  | "used"
  /** no file */
  | "absent"
  /** a deno.json without settings */
  | "without-settings"
  /** a file that is not read: it is above the jugfile's folder, and belongs to another user */
  | "foreign"
  /** a file that the system does not let this user read */
  | "unreadable"
  /** a file or folder that Deno may not read without asking */
  | "not-allowed";

/** A setting in a file, whose value the option accepts. */
export interface Setting {
  /** The key of the option in the parser's values. */
  readonly key: string;
  /** The subcommand that it is for; `undefined` for all that have the option. */
  readonly section: string | undefined;
  /** A text as on the command line; `true` or `false` for an option without a value. */
  readonly value: string | boolean;
  readonly file: string;
  /** The setting's name in the file: `execute.workers`, or `jug.execute.workers` in deno.json. */
  readonly name: string;
}

/** Where the value of an option comes from. */
export type Origin =
  | { readonly kind: "line" }
  | { readonly kind: "file"; readonly file: string; readonly key: string }
  /** a file has a value that does not apply to this run */
  | { readonly kind: "left-out"; readonly file: string; readonly key: string; readonly why: string }
  | { readonly kind: "default" };

/** The configuration files of a command. */
export interface Configuration {
  /** The places that were looked at, in the order of precedence. */
  readonly places: readonly ConfigPlace[];
  /** The environment variables that lead to the user's own file, if that file exists. */
  readonly variables: readonly string[];
  /** The settings of each file, in the order of precedence. */
  readonly settings: readonly (readonly Setting[])[];
  /** Where the values of the options come from, by their keys. Options that are missing here have their defaults. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/** The configuration of a command for which no file is read. */
export const NO_CONFIGURATION: Configuration = { places: [], variables: [], settings: [], origins: new Map() };

/** Stands for the whole command line if a subcommand is prepared by itself. */
export const NO_LINE = { commands: [], configuration: NO_CONFIGURATION, rest: [] } as const;
