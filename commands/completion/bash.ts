/**
 * The completion script for bash, from version 3.2 on, which macOS has.
 *
 * @module
 */
import { COMPLETE } from "./internal_command.ts";
import { earlierWord, prefixFor, quoted, tables, withOwnWords } from "./posix_tables.ts";
import { ADDRESSES, EXTENSIONS, IMPORTS_JUG, PATH_SCHEMES, type TableRow } from "./tables.ts";

/** Returns the script for a program of this name. */
export function bashScript(name: string, rows: readonly TableRow[]): string {
  const p = prefixFor(name);
  const subcommands = [...rows.flatMap((row) => [row.name, ...row.aliases]), "help"];
  const options = rows.map((row) =>
    `  ${row.name}) REPLY=${quoted(row.options.map((item) => item.name).join(" "))} ;;\n`
  );
  return `# Completion of ${name} in bash, made by \`jug completions bash\`.

${tables(p, rows)}
# The options of subcommand $1.
${p}_options() {
  case $1 in
${options.join("")}  *) REPLY='--help --version' ;;
  esac
}

# Offers those of the lines $2 that begin with $1.
${p}_offer() {
  local line
  while IFS= read -r line; do
    [[ -n $line && $line == "$1"* ]] && COMPREPLY+=("$line")
  done <<<"$2"
}

# Offers files; $2 is the kind, -f or -d, and $3 a pattern of those to leave out.
${p}_files() {
  type compopt >/dev/null 2>&1 && compopt -o filenames
  ${p}_offer "$1" "$(compgen "$2" -X "\${3-}" -- "$1")"
}

# Offers folders, and jugfiles: modules that import jug, or all modules if none does.
${p}_jugfiles() {
  local file found='' modules=()
  while IFS= read -r file; do
    case $file in
    *.d.ts) ;;
    ${EXTENSIONS.map((extension) => `*.${extension}`).join(" | ")}) [[ -f $file ]] && modules+=("$file") ;;
    esac
  done < <(compgen -f -- "$1")
  if ((\${#modules[@]})); then
    found=$(grep -lE -- ${quoted(IMPORTS_JUG)} "\${modules[@]}" 2>/dev/null)
    [[ -n $found ]] || found=$(printf '%s\\n' "\${modules[@]}")
  fi
  # Not the jugdir, which is beside the jugfile and begins with the same name.
  ${p}_files "$1" -d '*.jugdata'
  ${p}_offer "$1" "$found"
}

# Offers addresses of jugdirs.
${p}_jugdirs() {
  local file
  case $1 in
  ${PATH_SCHEMES.map((scheme) => `${scheme}*`).join(" | ")})
    while IFS= read -r file; do
      [[ -n $file ]] && COMPREPLY+=("\${1%%:*}:$file")
    done < <(compgen -f -- "\${1#*:}")
    ;;
  *)
    ${p}_offer "$1" ${quoted(ADDRESSES.join("\n"))}
    if ((\${#COMPREPLY[@]})); then
      type compopt >/dev/null 2>&1 && compopt -o nospace
    fi
    [[ -n $1 && \${#COMPREPLY[@]} -gt 0 ]] || ${p}_files "$1" -d
    ;;
  esac
}

# Offers names of tasks, which the jugdir knows. $1 is the beginning, the rest is the command line before it.
${p}_tasks() {
  local program=$2 current=$1 task
  shift 2
  while IFS= read -r task; do
    [[ -n $task ]] && COMPREPLY+=("$(printf %q "$task")")
  done < <("$program" ${COMPLETE} tasks "$current" "$@" 2>/dev/null </dev/null)
}

# Offers what the kind $1 means for the beginning $2; the rest is the command line before it.
${p}_kind() {
  local kind=$1 current=$2
  shift 2
  case $kind in
  words\\ *) ${p}_offer "$current" "$(printf '%s\\n' \${kind#words })" ;;
  task) ${p}_tasks "$current" "$@" ;;
  jugfile) ${p}_jugfiles "$current" ;;
  jugdir) ${p}_jugdirs "$current" ;;
  file) ${p}_files "$current" -f ;;
  folder) ${p}_files "$current" -d ;;
  subcommand) ${p}_offer "$current" ${quoted(subcommands.join("\n"))} ;;
  esac
}

${p}() {
  local line=$COMP_LINE word trimmed current command='' kind='' first='' count=0 i last REPLY=''
  local words=() before=()
  COMPREPLY=()
  # bash splits words at = and : too. Join what no blank separates.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    trimmed=\${line#"\${line%%[![:space:]]*}"}
    if ((i == 0)) || [[ $trimmed != "$line" ]]; then
      words+=("$word")
    else
      words[\${#words[@]} - 1]+=$word
    fi
    line=\${trimmed#"$word"}
  done
  last=$((\${#words[@]} - 1))
  current=\${words[last]}
  before=("\${words[@]:0:last}")
  for ((i = 1; i < last; i++)); do
    word=\${words[i]}
    if [[ -n $kind ]]; then
      kind=''
      continue
    fi
${earlierWord(p, `${p}_files "$current" -f`)}  done
  if [[ -n $kind ]]; then
    ${p}_kind "$kind" "$current" "\${before[@]}"
  elif [[ $current == --*=* ]]; then
    ${p}_value "$command" "\${current%%=*}"
    word=\${current#*=}
    ${p}_kind "$REPLY" "$word" "\${before[@]}"
    # bash replaces what is after the =, if = separates words.
    if [[ $COMP_WORDBREAKS != *=* ]]; then COMPREPLY=("\${COMPREPLY[@]/#/\${current%%=*}=}"); fi
    current=$word
  elif [[ $current == -* ]]; then
    ${p}_options "$command"
    ${p}_offer "$current" "$(printf '%s\\n' $REPLY)"
  elif [[ -z $command ]]; then
    ${p}_kind subcommand "$current"
  else
    if ${p}_takes_jugfile "$command"; then
      if ((count == 0)); then
        ${p}_jugfiles "$current"
        # Without a jugfile, the words of the subcommand come first.
        [[ -f jugfile.ts ]] || command=
      else
        case $first in
        */* | ${EXTENSIONS.map((extension) => `*.${extension}`).join(" | ")}) count=$((count - 1)) ;;
        esac
      fi
    fi
    case $command in
    ${withOwnWords(rows)})
      ${p}_word "$command" "$count"
      ${p}_kind "$REPLY" "$current" "\${before[@]}"
      ;;
    ?*) ((count == 0)) || ${p}_files "$current" -f ;;
    esac
  fi
  # bash replaces what is after the last colon, if colons separate words.
  if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then
    word=\${current%"\${current##*:}"}
    COMPREPLY=("\${COMPREPLY[@]#"$word"}")
  fi
}

complete -F ${p} ${name}
`;
}
