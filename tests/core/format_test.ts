import assert from "node:assert/strict";
import { TaskGenerator } from "jug";
import { formatArguments } from "../../core/format.ts";
import { inSession } from "../support/in_session.ts";

Deno.test("consecutive tasks with the same name in a list are shown as one item with a count", () =>
  inSession(() => {
    const page = TaskGenerator(function page(n: number) {
      return n;
    });
    const other = TaskGenerator(function other() {
      return 0;
    });
    const pages = (count: number) => Array.from({ length: count }, (_, n) => page(n));
    const shown = (value: unknown) => formatArguments([value]);
    assert.equal(shown(pages(30)), "[30 × format_test.page]");
    assert.equal(shown({ all: pages(4) }), "{ all: [4 × format_test.page] }");
    assert.equal(shown(pages(3)), "[ <format_test.page>, <format_test.page>, <format_test.page> ]");
    assert.equal(
      shown([1, ...pages(5), other(), ...pages(2)].slice(0, 7)),
      "[ 1, 5 × format_test.page, <format_test.other> ]",
    );
    assert.match(formatArguments([Array.from({ length: 50 }, () => 1)], 200), /, 1, 1, \.\.\. 30 more items \]$/);
    assert.equal(shown([]), "[]");
  }));
