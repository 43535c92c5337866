import assert from "node:assert/strict";
import { Ajv } from "npm:ajv@8";
import { configurable, settingsOf } from "../../../commands/config/known_settings.ts";
import { configSchema } from "../../../commands/config/schema.ts";
import { subcommands } from "../../../commands/subcommands.ts";
import { withFiles } from "./configured.ts";

const schema = configSchema(subcommands);
const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
ajv.addKeyword("allowTrailingCommas"); // what editors know, and the standard does not
const validate = ajv.compile(schema);

const GOOD: readonly unknown[] = [
  {},
  { $schema: "./jug.schema.json", jugdir: "sqlite:x.db", verbose: "debug", quiet: false },
  { execute: { workers: "auto", lease: 0.5, "no-check-environment": true, provides: "gpu=1" }, workers: 3 },
  { check: true },
  { check: { jugdir: "x" }, cleanup: { "keep-locks": true }, status: { json: true } },
];

const BAD: readonly unknown[] = [
  { worker: 1 },
  { workers: "4" },
  { workers: 1.5 },
  { lease: 0 },
  { lease: 2147484 },
  { verbose: "loud" },
  { verbose: "DEBUG" },
  { execute: { json: true } },
  { yes: true },
  { execute: 4 },
  { permissions: {} },
  { jugdir: {} },
];

Deno.test("the schema is a JSON schema, and accepts what jug accepts", async () => {
  assert.equal(ajv.validateSchema(schema), true, JSON.stringify(ajv.errors));
  for (const content of GOOD) {
    assert.equal(validate(content), true, `${JSON.stringify(content)}: ${JSON.stringify(validate.errors)}`);
    await withFiles({ "jug.json": content }, async ({ read }) => void await read("count @/x.ts"));
  }
});

Deno.test("the schema refuses what jug refuses", async () => {
  for (const content of BAD) {
    assert.equal(validate(content), false, JSON.stringify(content));
    await withFiles({ "jug.json": content }, async (place) => void await place.refusal("count @/x.ts"));
  }
});

Deno.test("the schema knows every setting of every subcommand, with its description", () => {
  const { properties } = schema;
  assert.ok(typeof properties === "object" && properties !== null);
  for (const command of configurable(subcommands)) {
    for (const [name, declaration] of settingsOf(command)) {
      const text = JSON.stringify(Reflect.get(properties, command.name));
      assert.ok(text.includes(JSON.stringify(name)), `${command.name}.${name}`);
      assert.ok(JSON.stringify(Reflect.get(properties, name)).includes(declaration.description), name);
    }
  }
});
