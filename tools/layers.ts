/**
 * The layers of the architecture, and checks of which folder imports which.
 *
 * @module
 */
import { posix } from "node:path";

/**
 * The folders of the code, lowest first. A file may import from its own folder and from folders listed before it. A
 * file belongs to the longest name that contains it.
 */
export const LAYERS: readonly string[] = [
  // The page in the browser imports nothing, and the engine only the types of its data.
  ...["web/data/", "web/", "web/generated/"],
  ...["core/", "core/remedy/", "core/value/", "core/session/", "core/declare/", "core/mapreduce/"],
  ...["backends/"],
  ...[
    "engine/threads/",
    "engine/sources/",
    "engine/results/",
    "engine/telemetry/",
    "engine/load/",
    "engine/limits/",
    "engine/graph/",
    "engine/task/",
  ],
  ...[
    "engine/messages/",
    "engine/progress/",
    "engine/inspect/",
    "engine/analysis/",
    "engine/report/",
    "engine/worker/",
    "engine/isolate/",
    "engine/run/",
  ],
  ...["engine/api/", "engine/utilities/"],
  ...["commands/display/", "commands/cli/", "commands/config/", "commands/deno_flags/", "commands/run/"],
  ...["commands/inspect/", "commands/times/", "commands/report/", "commands/completion/"],
  ...[
    "commands/change/",
    "commands/webstatus/",
    "commands/setup/",
    "commands/permissions/",
    "commands/launch/",
    "commands/shell/",
    "commands/",
  ],
  ...["cli.ts", "mod.ts"],
];

/** The imports of each file, both relative to the project. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/**
 * Returns the files that `file`, with the text `source`, imports by a relative path or starts a thread with. Comments
 * are ignored.
 */
export function importsOf(file: string, source: string): string[] {
  const code = source.replaceAll(/^\s*(\/?\*|\/\/).*$/gm, "");
  const specifiers = code.matchAll(/\b(?:from|import|import\(|new URL\()\s*"(\.{1,2}\/[^"]+)"/g);
  return [...specifiers].map(([, specifier = ""]) => posix.join(posix.dirname(file), specifier));
}

function layerOf(file: string, layers: readonly string[]): number {
  const names = layers.filter((layer) => layer === file || layer.endsWith("/") && file.startsWith(layer));
  return layers.indexOf(names.reduce((longest, name) => name.length > longest.length ? name : longest, ""));
}

/** Returns a finding for each import that leads to a higher layer, and for each file that is in no layer. */
export function upwardImports(imports: Imports, layers: readonly string[] = LAYERS): string[] {
  const findings: string[] = [];
  for (const [file, targets] of imports) {
    const own = layerOf(file, layers);
    if (own < 0) findings.push(`${file} is in no layer: add its folder to tools/layers.ts`);
    for (const target of targets) {
      const other = layerOf(target, layers);
      if (own >= 0 && other > own) findings.push(`${file} imports ${target}, which is in a higher layer`);
    }
  }
  return findings;
}

/** Returns the circles of imports, each once. Type imports count. */
export function importCircles(imports: Imports): string[] {
  const circles: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    if (done.has(file)) return;
    const start = path.indexOf(file);
    if (start >= 0) {
      circles.push([...path.slice(start), file].join(" > "));
      return;
    }
    path.push(file);
    for (const target of imports.get(file) ?? []) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of imports.keys()) visit(file);
  return circles;
}

/** Returns a finding for each folder that directly contains more than `limit` files. */
export function crowdedFolders(files: Iterable<string>, limit = 20): string[] {
  const counts = new Map<string, number>();
  for (const file of files) {
    const folder = posix.dirname(file);
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > limit)
    .map(([folder, count]) => `${folder}/ contains ${count} files; the limit is ${limit}`);
}
