/**
 * The JSON schema of configuration files. Editors use it to complete and check them.
 *
 * @module
 */
import type { Command } from "../cli/command.ts";
import { type NumberValue, type OptionDeclaration, ruleOf } from "../cli/declaration.ts";
import { configurable, havingSetting, settingsOf } from "./known_settings.ts";
import type { JsonObject } from "./parse_file.ts";

/** Returns the schema for the options of these subcommands. */
export function configSchema(commands: readonly Command[]): JsonObject {
  const sections = configurable(commands);
  const names = new Set(sections.flatMap((command) => [...settingsOf(command).keys()]));
  const properties: Record<string, JsonObject> = {
    $schema: { type: "string", description: "the address of a schema" },
  };
  for (const name of [...names].sort()) properties[name] = settingForAll(name, commands);
  for (const command of sections) {
    const forAll = properties[command.name];
    const section = sectionOf(command);
    properties[command.name] = forAll === undefined ? section : { anyOf: [forAll, section] };
  }
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Settings of jug",
    description: 'The content of jug.json or jug.jsonc, or of the key "jug" in deno.json. ' +
      "Settings are for all subcommands that have the option, or, in an object under its name, for one.",
    type: "object",
    additionalProperties: false,
    properties,
    // Editors accept comments in a file with this schema.
    allowTrailingCommas: true,
  };
}

function sectionOf(command: Command): JsonObject {
  const properties = Object.fromEntries(
    [...settingsOf(command)].map(([name, declaration]) => [name, settingSchema(declaration)]),
  );
  return { type: "object", description: `${command.summary}.`, additionalProperties: false, properties };
}

/** A setting for all subcommands must be accepted by each that has it. */
function settingForAll(name: string, commands: readonly Command[]): JsonObject {
  const schemas = new Map<string, JsonObject>();
  for (const { declaration } of havingSetting(name, commands)) {
    const { description: _description, ...rule } = settingSchema(declaration);
    schemas.set(JSON.stringify(rule), rule);
  }
  const having = havingSetting(name, commands);
  const descriptions = new Set(having.map(({ declaration }) => declaration.description));
  const description = descriptions.size === 1
    ? [...descriptions].join("")
    : having.map(({ command, declaration }) => `${command.name}: ${declaration.description}`).join("; ");
  const [only, ...others] = schemas.values();
  return others.length === 0 ? { ...only, description } : { allOf: [...schemas.values()], description };
}

function settingSchema(declaration: OptionDeclaration): JsonObject {
  const { description } = declaration;
  const rule = ruleOf(declaration);
  switch (rule?.kind) {
    case undefined:
      return { type: "boolean", description, default: false };
    case "choice":
      return { enum: [...rule.choices], description, ...withDefault(rule.fallback) };
    case "number": {
      const number = numberSchema(rule);
      const { words = [] } = rule;
      const form = words.length === 0 ? number : { anyOf: [number, { enum: [...words] }] };
      return { ...form, description, ...withDefault(rule.fallback) };
    }
    case "lists":
      return {
        type: "object",
        description,
        additionalProperties: { type: "array", items: { type: "string" } },
      };
    case "text": {
      // The fallback of a text is written for people.
      const usual = rule.fallback === undefined ? "" : ` (default: ${rule.fallback})`;
      return { type: "string", description: description + usual };
    }
  }
}

function numberSchema({ whole = false, min = 0, above, max }: NumberValue): JsonObject {
  return {
    type: whole ? "integer" : "number",
    ...above === undefined ? { minimum: min } : { exclusiveMinimum: above },
    ...max === undefined ? {} : { maximum: max },
  };
}

function withDefault(fallback: number | string | undefined): JsonObject {
  return fallback === undefined ? {} : { default: fallback };
}
