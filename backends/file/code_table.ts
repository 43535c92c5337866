/**
 * The texts of functions that computed results, and of their modules: one file each, named by its id. The text of an id never changes.
 *
 * @module
 */
import type { CodeEntry } from "../backend.ts";
import { isCodeId, isTextId } from "../validation.ts";
import type { Jugdir } from "./jugdir.ts";
import { NOBODY } from "./token.ts";
import { createText, readText } from "./system/file_system.ts";

/** Returns all entries of functions. Files with other names were not created by jug. */
export function listCodes({ files, layout, refresh }: Jugdir): CodeEntry[] {
  refresh(layout.codes);
  return files.names(layout.codes).filter(isCodeId).flatMap((id) => {
    const text = readText(files, layout.code(id));
    return text === undefined ? [] : [{ id, text }];
  });
}

/** Returns the text of each of these entries, `undefined` if there is none. */
export function loadCodes({ files, layout, refresh }: Jugdir, ids: readonly string[]): (string | undefined)[] {
  refresh(layout.codes);
  return ids.map((id) => isTextId(id) ? readText(files, layout.code(id)) : undefined);
}

/** Adds entries. */
export function addCodes(jugdir: Jugdir, entries: readonly CodeEntry[]): void {
  for (const entry of entries) jugdir.withFolders(() => addCode(jugdir, entry));
}

function addCode({ files, layout, makeFolder, temporary }: Jugdir, { id, text }: CodeEntry): void {
  if (files.exists(layout.code(id))) return;
  makeFolder(layout.codes);
  const draft = temporary(NOBODY);
  try {
    createText(files, draft, text);
    // Any other process that writes this file writes the same text.
    files.rename(draft, layout.code(id));
  } catch (error) {
    files.remove(draft);
    throw error;
  }
}
