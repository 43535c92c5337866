/**
 * What the completion scripts for bash and zsh share: the tables as functions, which leave their answer in REPLY, and how words
 * before the cursor are read.
 *
 * @module
 */
import type { Kind, TableRow } from "./tables.ts";

/** Quotes text for bash and zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Returns the prefix of all functions in the script for this name of the program. */
export function prefixFor(name: string): string {
  return `_${name.replace(/\W/g, "_")}`;
}

/** Returns the functions that say what follows what. */
export function tables(prefix: string, rows: readonly TableRow[]): string {
  const names = (chosen: readonly TableRow[]) => chosen.map(({ name }) => name);
  return `# The full name of subcommand $1.
${prefix}_full_name() {
  case $1 in
${
    rows.flatMap(({ name, aliases }) => aliases.map((alias) => `  ${alias}) REPLY=${name} ;;\n`)).join("")
  }  *) REPLY=$1 ;;
  esac
}

# Whether subcommand $1 takes a jugfile.
${prefix}_takes_jugfile() {
  case $1 in
  ${alternatives(names(rows.filter(({ hasJugfile }) => hasJugfile)))}) return 0 ;;
  *) return 1 ;;
  esac
}

# What follows option $2 of subcommand $1; empty if nothing does.
${prefix}_value() {
  case "$1 $2" in
${cases(valueKinds(rows))}  *) REPLY= ;;
  esac
}

# What word $2 of subcommand $1 is, counted from 0 after the jugfile; empty if all words are the jugfile's arguments.
${prefix}_word() {
  case "$1 $2" in
${cases(wordKinds(rows))}  *) REPLY= ;;
  esac
}
`;
}

function alternatives(words: readonly string[]): string {
  return words.map((word) => /^[\w-]+$/.test(word) ? word : quoted(word)).join(" | ");
}

function cases(kinds: ReadonlyMap<Kind, readonly string[]>): string {
  return [...kinds].map(([kind, keys]) => `  ${alternatives(keys)}) REPLY=${quoted(kind)} ;;\n`).join("");
}

function valueKinds(rows: readonly TableRow[]): Map<Kind, string[]> {
  const kinds = new Map<Kind, string[]>();
  for (const { name, options } of rows) {
    for (const { name: flag, value } of options) {
      if (value !== undefined) kinds.set(value, [...kinds.get(value) ?? [], `${name} ${flag}`]);
    }
  }
  return kinds;
}

function wordKinds(rows: readonly TableRow[]): Map<Kind, string[]> {
  const kinds = new Map<Kind, string[]>();
  const add = (kind: Kind, key: string) => kinds.set(kind, [...kinds.get(kind) ?? [], key]);
  for (const { name, operands = [] } of rows) {
    for (const [index, kind] of operands.entries()) add(kind, `${name} ${index}`);
  }
  add("subcommand", "help 0");
  return kinds;
}

/** Returns whether the subcommand takes words of its own, so that no arguments of the jugfile follow. */
export function withOwnWords(rows: readonly TableRow[]): string {
  return alternatives([...rows.filter(({ operands }) => operands !== undefined).map(({ name }) => name), "help"]);
}

/**
 * Returns the loop's part that learns from a word before the cursor: it sets `kind` to what must follow, `command`, `first`
 * or `count`. `offerFiles` is the command that offers files.
 */
export function earlierWord(prefix: string, offerFiles: string): string {
  return `    case $word in
    --) # arguments of the jugfile follow
      ${offerFiles}
      return
      ;;
    -*=*) ;;
    -*)
      ${prefix}_value "$command" "$word"
      kind=$REPLY
      ;;
    *)
      if [[ -z $command ]]; then
        ${prefix}_full_name "$word"
        command=$REPLY
      else
        [[ -n $first ]] || first=$word
        count=$((count + 1))
      fi
      ;;
    esac
`;
}
