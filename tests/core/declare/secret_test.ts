import assert from "node:assert/strict";
import { inspect } from "node:util";
import {
  CompoundTask,
  customHash,
  describe,
  hashValue,
  mapreduce,
  noHash,
  secret,
  shared,
  TaskGenerator,
  TaskGenerators,
  value,
  type Wrapped,
} from "jug";
import { formatArguments } from "../../../core/format.ts";
import { ArgumentRecorder } from "../../../core/value/recorded/recorder.ts";
import { executeAll, inSession } from "../../support/in_session.ts";

const WORD = "hunter22";

/** Everything that jug or a user may print of a value. */
function printed(x: unknown): string {
  const deep = { depth: 20, showHidden: true };
  return [Deno.inspect(x, deep), inspect(x, deep), formatArguments([x], 1000), JSON.stringify(Object(x).args ?? [])]
    .join("\n");
}

Deno.test("secret: the function gets the value itself, and the hash is that of the value", async () => {
  await inSession(async () => {
    const pair = TaskGenerator(function pair(a: unknown, b: unknown) {
      return [a, b];
    });
    const grow = TaskGenerator(function grow(map: Map<string, number>, list: number[]) {
      map.set("new", 1);
      list.push(4);
      return [map.size, list.length];
    });
    const twice = TaskGenerator(function twice(text: string) {
      return text + text;
    });
    assert.equal(hashValue(secret(WORD)), hashValue(WORD));
    assert.equal(hashValue(secret({ a: [1] })), hashValue({ a: [1] }));
    const map = new Map([["old", 1]]);
    const list = [1, 2, 3];
    const tasks = [
      pair(secret(WORD), { nested: [secret(7)] }),
      pair(secret(twice(secret("ab"))), secret(shared({ deep: twice("cd") }))),
      pair(secret(noHash("first")), noHash(secret("second"))),
      pair(1, secret(undefined)),
      grow(secret(map), secret(list)),
      pair(secret(secret(customHash(5, String))), shared(secret([6]))),
    ];
    assert.equal(pair(WORD, { nested: [7] }), tasks[0]);
    assert.equal(pair(noHash(1), noHash(2)), tasks[2]);
    assert.equal(pair(1, undefined), tasks[3]);
    await executeAll();
    assert.deepEqual(await value(tasks), [
      [WORD, { nested: [7] }],
      ["abab", { deep: "cdcd" }],
      ["first", "second"],
      [1, undefined],
      [2, 4],
      [5, [6]],
    ]);
    // The functions got copies.
    assert.deepEqual([map.size, list.length], [1, 3]);
  });
});

Deno.test("secret: neither the value nor a digest of it is printed, described or recorded", async () => {
  await inSession(async () => {
    const pair = TaskGenerator(function pair(a: unknown, b: unknown) {
      return String(a).length + String(b).length;
    });
    const recorder = new ArgumentRecorder();
    for (const hide of [secret, (x: unknown) => shared(secret(x)), (x: unknown) => secret(shared(x))]) {
      for (const make of [(x: unknown) => x, (x: unknown) => [x], (x: unknown) => ({ password: x })]) {
        const task = pair(make(hide(WORD)), noHash(hide(WORD)));
        await executeAll();
        const recorded = JSON.stringify(recorder.record([make(hide(WORD)), noHash(hide(WORD))]));
        const text = [printed(task), printed(make(hide(WORD))), recorded, JSON.stringify(await describe(task))].join();
        assert.ok(!text.includes(WORD), text);
        assert.match(text, /secret/);
        assert.throws(() => `${hide(WORD)}`, /was used as a value/);
      }
    }
    // A digest of a structure does not depend on the secrets in it.
    const wide = (word: string) => recorder.record([[secret(word), ...Array(1000).fill(0)]]);
    assert.deepEqual(wide("one"), wide("two"));
    assert.notDeepEqual(wide("one"), recorder.record([[secret("one"), ...Array(1000).fill(1)]]));
  });
});

Deno.test("secret: an error about what is in it does not name the keys in it", async () => {
  await inSession(() => {
    const use = TaskGenerator(function use(_x: unknown) {});
    const refusal = (x: unknown) => {
      try {
        use(x);
      } catch (error) {
        return String(error);
      }
      return "not refused";
    };
    assert.match(
      refusal({ password: secret(() => {}) }),
      /argument 1\.password \(a secret\) is a function, which cannot/,
    );
    for (
      const x of [{ [WORD]: () => {} }, [Object.defineProperty({}, WORD, {
        get: () => 1,
      })], new Map([[WORD, Symbol()]])]
    ) {
      assert.match(refusal(secret(x)), /argument 1 \(a secret\) is/);
      assert.ok(!refusal(secret(x)).includes(WORD));
    }
    assert.match(refusal([secret([1]), { [WORD]: () => {} }]), /argument 1\[1\]\.hunter22 is a function/);
  });
});

Deno.test("secretArguments: a list says which parameters are secret, true means all, and no hash changes", async () => {
  await inSession(async () => {
    const plain = TaskGenerator(function login(user: string, word: string) {
      return user.length + word.length;
    });
    const { hash } = plain("ann", WORD);
    await inSession(async () => {
      const login = TaskGenerator(function login(user: string, word: string) {
        return user.length + word.length;
      }, { secretArguments: [false, true] });
      const task = login("ann", WORD);
      assert.equal(task.hash, hash);
      assert.match(Deno.inspect(task), /login\('ann', secret\)/);
      await executeAll();
      assert.equal(await value(task), 11);
      const { open } = TaskGenerators("Box", {
        open(key: string) {
          return key.length;
        },
      }, { secretArguments: true });
      assert.match(Deno.inspect(open(WORD)), /open\(secret\)/);
      const lengths = [
        mapreduce.map(open, [WORD, "other"]),
        mapreduce.currymap(login, [["ann", WORD], [WORD, "bob"]]),
        mapreduce(Math.max, open, [WORD, "x"]),
      ];
      await executeAll();
      assert.deepEqual(await value(lengths), [[8, 5], [11, 11], 8]);
    });
    for (const wrong of [1, "yes", [1], ["user"], null]) {
      assert.throws(
        () => TaskGenerator(function f() {}, { secretArguments: wrong as unknown as boolean }),
        /option secretArguments is .*\n.*true or false for each parameter/,
      );
    }
  });
});

Deno.test("secretArguments: the items of mapreduce are secret, too", async () => {
  await inSession((session) => {
    const open = TaskGenerator(function open(key: string) {
      return key.length;
    }, { secretArguments: true });
    const login = TaskGenerator(function login(user: string, word: string) {
      return user.length + word.length;
    }, { secretArguments: [false, true] });
    mapreduce.map(open, [WORD, "other"]);
    mapreduce(Math.max, open, [WORD, "x"]);
    mapreduce.currymap(login, [["ann", WORD]]);
    const recorder = new ArgumentRecorder();
    const forms = [...session.tasks.values()].map(({ args }) => JSON.stringify(recorder.record(args)));
    assert.ok(!forms.join().includes(WORD), forms.join("\n"));
    assert.equal(forms.at(-1), '[[["ann",{"$":["secret"]}]]]');
  });
});

Deno.test("secret: the function of a compound task gets it unopened, and passes it on", async () => {
  await inSession(async (session) => {
    const length = TaskGenerator(function length(word: string) {
      return word.length;
    });
    function both(word: Wrapped<string>) {
      return [length(word), length("abc")];
    }
    const compound = CompoundTask(both, secret(WORD));
    await executeAll();
    assert.deepEqual(await value(compound), [8, 3]);
    assert.ok(![...session.tasks.values()].map(printed).join().includes(WORD));
  });
});
