/**
 * The completion script for fish.
 *
 * @module
 */
import { COMPLETE } from "./internal_command.ts";
import { ADDRESSES, EXTENSIONS, IMPORTS_JUG, type Item, type Kind, PATH_SCHEMES, type TableRow } from "./tables.ts";

/** Returns the script for a program of this name. */
export function fishScript(name: string, rows: readonly TableRow[]): string {
  const p = `__${name.replace(/\W/g, "_")}`;
  const subcommands = [
    ...rows.flatMap((row) => [row.name, ...row.aliases].map((name) => ({ name, description: row.description }))),
    { name: "help", description: "Show help of a subcommand" },
  ];
  const withWords = [...rows.filter(({ operands }) => operands !== undefined).map((row) => row.name), "help"];
  const withJugfile = rows.filter(({ hasJugfile }) => hasJugfile).map((row) => row.name);
  return `# Completion of ${name} in fish, made by \`jug completions fish\`.

# Prints the full name of subcommand $argv[1].
function ${p}_full_name
  switch $argv[1]
${rows.flatMap((row) => row.aliases.map((alias) => `    case ${alias}\n      echo ${row.name}\n`)).join("")}    case '*'
      echo $argv[1]
  end
end

# Prints the options of subcommand $argv[1], with descriptions.
function ${p}_options
  switch "$argv[1]"
${rows.map((row) => `    case ${row.name}\n      printf '%s\\t%s\\n' ${described(row.options)}\n`).join("")}    case '*'
      printf '%s\\t%s\\n' --help 'show help' --version 'show the version'
  end
end

# Prints what follows option $argv[2] of subcommand $argv[1]; nothing if nothing does.
function ${p}_value
  switch "$argv[1] $argv[2]"
${cases(rows.flatMap((row) => row.options.map(({ name, value }) => [value, `${row.name} ${name}`])))}  end
end

# Prints what word $argv[2] of subcommand $argv[1] is, counted from 0 after the jugfile.
function ${p}_word
  switch "$argv[1] $argv[2]"
${
    cases([
      ...rows.flatMap(({ name, operands = [] }) => operands.map((kind, index) => [kind, `${name} ${index}`] as const)),
      ["subcommand", "help 0"],
    ])
  }  end
end

# Prints folders, and jugfiles: modules that import jug, or all modules if none does.
function ${p}_jugfiles
  set -l paths (__fish_complete_path $argv[1] | string replace -r '\\t.*' '')
  # Not the jugdir, which is beside the jugfile and begins with the same name.
  string match -r '.*/$' -- $paths | string match -rv '\\.jugdata/$'
  set -l modules (string match -r '.*\\.(?:${EXTENSIONS.join("|")})$' -- $paths | string match -rv '\\.d\\.ts$')
  test (count $modules) -gt 0; or return
  set -l found
  for module in $modules
    grep -qE -- ${quoted(IMPORTS_JUG)} (string replace -r '^~/' $HOME/ -- $module) 2>/dev/null; and set -a found $module
  end
  test (count $found) -gt 0; or set found $modules
  printf '%s\\n' $found
end

# Prints addresses of jugdirs.
function ${p}_jugdirs
  set -l parts (string match -r '^(${PATH_SCHEMES.map((scheme) => scheme.slice(0, -1)).join("|")}):(.*)$' -- $argv[1])
  if test (count $parts) -gt 0
    printf '%s\\n' $parts[2]:(__fish_complete_path "$parts[3]" | string replace -r '\\t.*' '')
  else
    printf '%s\\n' ${ADDRESSES.map(quoted).join(" ")}
    __fish_complete_directories "$argv[1]" ''
  end
end

# Prints what the kind $argv[1] means for the beginning $argv[2]; the rest is the command line before it.
function ${p}_kind
  set -l kind (string split ' ' -- $argv[1])
  switch "$kind[1]"
    case words
      printf '%s\\n' $kind[2..-1]
    case task
      # The jugdir knows the names. It is asked with the command line before the cursor.
      set -l program $argv[3]
      $program ${COMPLETE} tasks "$argv[2]" $argv[4..-1] 2>/dev/null </dev/null
    case jugfile
      ${p}_jugfiles "$argv[2]"
    case jugdir
      ${p}_jugdirs "$argv[2]"
    case file
      __fish_complete_path "$argv[2]"
    case folder
      __fish_complete_directories "$argv[2]" ''
    case subcommand
      printf '%s\\t%s\\n' ${described(subcommands)}
  end
end

function ${p}_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l subcommand
  set -l kind
  set -l first
  set -l count 0
  for word in $words[2..-1]
    if test -n "$kind"
      set kind
      continue
    end
    switch $word
      case --
        # arguments of the jugfile follow
        __fish_complete_path "$current"
        return
      case '-*=*'
      case '-*'
        set kind (${p}_value "$subcommand" $word)
      case '*'
        if test -z "$subcommand"
          set subcommand (${p}_full_name $word)
        else
          test -n "$first"; or set first $word
          set count (math $count + 1)
        end
    end
  end
  if test -n "$kind"
    ${p}_kind "$kind" "$current" $words
  else if string match -q -- '--*=*' "$current"
    set -l parts (string split -m 1 = -- "$current")
    printf '%s\\n' $parts[1]=(${p}_kind (${p}_value "$subcommand" $parts[1]) "$parts[2]" $words)
  else if string match -q -- '-*' "$current"
    ${p}_options "$subcommand"
  else if test -z "$subcommand"
    ${p}_kind subcommand "$current"
  else
    if contains -- $subcommand ${withJugfile.join(" ")}
      if test $count -eq 0
        ${p}_jugfiles "$current"
        # Without a jugfile, the words of the subcommand come first.
        test -f jugfile.ts; or return
      else if string match -qr '/|\\.(?:${EXTENSIONS.join("|")})$' -- $first
        set count (math $count - 1)
      end
    end
    if contains -- $subcommand ${withWords.join(" ")}
      set -l kind (${p}_word $subcommand $count)
      test -n "$kind"; and ${p}_kind "$kind" "$current" $words
    else if test $count -gt 0
      __fish_complete_path "$current"
    end
  end
end

complete -c ${name} -f -a '(${p}_complete)'
`;
}

/** Quotes text for fish. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

function described(items: readonly Item[]): string {
  return items.map(({ name, description }) => `${quoted(name)} ${quoted(description)}`).join(" ");
}

function cases(pairs: readonly (readonly [kind: Kind | undefined, key: string])[]): string {
  const kinds = new Map<Kind, string[]>();
  for (const [kind, key] of pairs) if (kind !== undefined) kinds.set(kind, [...kinds.get(kind) ?? [], key]);
  return [...kinds].map(([kind, keys]) => `    case ${keys.map(quoted).join(" ")}\n      echo ${quoted(kind)}\n`).join(
    "",
  );
}
