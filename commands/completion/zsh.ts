/**
 * The completion script for zsh.
 *
 * @module
 */
import { COMPLETE } from "./internal_command.ts";
import { earlierWord, prefixFor, quoted, tables, withOwnWords } from "./posix_tables.ts";
import { ADDRESSES, EXTENSIONS, IMPORTS_JUG, type Item, PATH_SCHEMES, type TableRow } from "./tables.ts";

/** Returns the script for a program of this name. It works from a folder of `fpath`, and sourced after compinit. */
export function zshScript(name: string, rows: readonly TableRow[]): string {
  const p = prefixFor(name);
  const subcommands = [
    ...rows.flatMap((row) => [row.name, ...row.aliases].map((name) => ({ name, description: row.description }))),
    { name: "help", description: "Show help of a subcommand" },
  ];
  return `#compdef ${name}
# Completion of ${name} in zsh, made by \`jug completions zsh\`.

${tables(p, rows)}
# Leaves the options of subcommand $1, with descriptions, in the array items.
${p}_options() {
  case $1 in
${
    rows.map((row) => `  ${row.name}) items=(${described(row.options)}) ;;\n`).join("")
  }  *) items=('--help:show help' '--version:show the version') ;;
  esac
}

# Whether the module $REPLY imports jug.
${p}_imports_jug() {
  [[ $REPLY != *.d.ts ]] && grep -qE -- ${quoted(IMPORTS_JUG)} $REPLY 2>/dev/null
}

# Offers folders, and jugfiles: modules that import jug, or all modules if none does.
${p}_jugfiles() {
  local modules='*.(${EXTENSIONS.join("|")})'
  # Not the jugdir, which is beside the jugfile and begins with the same name.
  local -a ignored=('*.jugdata')
  _files -F ignored -g "$modules(#q-.+${p}_imports_jug)" || _files -F ignored -g "$modules(#q-.)"
}

# Offers addresses of jugdirs.
${p}_jugdirs() {
  if compset -P '(${PATH_SCHEMES.map((scheme) => scheme.slice(0, -1)).join("|")}):'; then
    _files
  else
    compadd -S '' -- ${ADDRESSES.map(quoted).join(" ")}
    _files -/
  fi
}

# Offers names of tasks, which the jugdir knows. It is asked with the command line before the cursor.
${p}_tasks() {
  local -a names
  names=(\${(f)"$(\${~\${(Q)words[1]}} ${COMPLETE} tasks "\${(Q)PREFIX}" "\${(@Q)words[2,CURRENT-1]}" 2>/dev/null </dev/null)"})
  compadd -a names
}

# Offers what the kind $1 means.
${p}_kind() {
  local -a items
  case $1 in
  words\\ *)
    items=(\${=1#words })
    compadd -a items
    ;;
  task) ${p}_tasks ;;
  jugfile) ${p}_jugfiles ;;
  jugdir) ${p}_jugdirs ;;
  file) _files ;;
  folder) _files -/ ;;
  subcommand)
    items=(${described(subcommands)})
    _describe subcommand items
    ;;
  esac
}

${p}() {
  local command kind first word REPLY
  local -a items
  integer count=0 i
  for ((i = 2; i < CURRENT; i++)); do
    word=\${(Q)words[i]}
    if [[ -n $kind ]]; then
      kind=
      continue
    fi
${earlierWord(p, "_files")}  done
  if [[ -n $kind ]]; then
    ${p}_kind "$kind"
  elif [[ $PREFIX == --*=* ]]; then
    ${p}_value "$command" "\${PREFIX%%=*}"
    compset -P 1 '*='
    ${p}_kind "$REPLY"
  elif [[ $PREFIX == -* ]]; then
    ${p}_options "$command"
    _describe -o option items
  elif [[ -z $command ]]; then
    ${p}_kind subcommand
  else
    if ${p}_takes_jugfile "$command"; then
      if ((count == 0)); then
        ${p}_jugfiles
        # Without a jugfile, the words of the subcommand come first.
        [[ -f jugfile.ts ]] || return 0
      else
        case $first in
        */* | ${EXTENSIONS.map((extension) => `*.${extension}`).join(" | ")}) count=$((count - 1)) ;;
        esac
      fi
    fi
    case $command in
    ${withOwnWords(rows)})
      ${p}_word "$command" "$count"
      ${p}_kind "$REPLY"
      ;;
    *) ((count == 0)) || _files ;;
    esac
  fi
}

# Found in fpath, the script is the function itself. Otherwise it was sourced.
if [[ $funcstack[1] == ${p} ]]; then
  ${p} "$@"
else
  compdef ${p} ${name}
fi
`;
}

/** Writes an array of `name:description`. Names contain no colons. */
function described(items: readonly Item[]): string {
  return items.map(({ name, description }) => quoted(`${name}:${description}`)).join(" ");
}
