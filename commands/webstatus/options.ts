/**
 * The checked options of `jug webstatus`.
 *
 * @module
 */

/** What the command line asks for. */
export interface WebstatusOptions {
  /** 0: any free port. */
  readonly port: number;
  readonly ip: string;
  readonly needsToken: boolean;
  readonly allowsActions: boolean;
  readonly showsArguments: boolean;
}
