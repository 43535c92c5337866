import assert from "node:assert/strict";
import { withProject } from "../support/project.ts";

const SOURCE = `import { TaskGenerator } from "jug";
const add = TaskGenerator(function add(a: number, b: number) {
  debugger;
  return a + b;
}, { timeout: 50 });
add(20, 22);`;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly callFrames?: readonly { readonly callFrameId: string; readonly functionName: string }[];
  };
  readonly result?: { readonly result?: { readonly value?: unknown } };
}

/** Connects as a debugger does, through the inspector protocol. */
async function connect(address: string) {
  const socket = new WebSocket(address);
  const seen: Message[] = [];
  let look = () => {};
  socket.onmessage = ({ data }) => {
    seen.push(JSON.parse(data));
    look();
  };
  await new Promise((resolve) => socket.onopen = resolve);
  let count = 0;
  const find = (matches: (message: Message) => boolean) =>
    new Promise<Message>((resolve) => {
      look = () => {
        const found = seen.find(matches);
        if (found !== undefined) resolve(found);
      };
      look();
    });
  const send = (method: string, params = {}): Promise<Message> => {
    const id = ++count;
    socket.send(JSON.stringify({ id, method, params }));
    return find((message) => message.id === id);
  };
  return { send, event: (method: string) => find((message) => message.method === method), close: () => socket.close() };
}

for (const option of ["--inspect", "--pdb"]) {
  Deno.test(`execute ${option} waits for a debugger, which can pause a task; timeouts do not apply`, async () => {
    await withProject({ "jugfile.ts": SOURCE }, async ({ startJug, results }) => {
      const run = startJug(`execute ${option} --inspect-port 0`);
      await run.saw("waiting for a debugger at ws://");
      assert.deepEqual(results("jugfile.jugdata"), []);
      const address = /ws:\/\/\S+/.exec(run.written())?.[0];
      assert.ok(address !== undefined);
      const { send, event, close } = await connect(address);
      await send("Runtime.enable");
      await send("Debugger.enable");
      await send("Runtime.runIfWaitingForDebugger");
      const frame = (await event("Debugger.paused")).params?.callFrames?.[0];
      assert.equal(frame?.functionName, "add");
      const asked = await send("Debugger.evaluateOnCallFrame", {
        callFrameId: frame?.callFrameId,
        expression: "a * 1000 + b",
      });
      assert.equal(asked.result?.result?.value, 20_022);
      await new Promise((resolve) => setTimeout(resolve, 100)); // longer than the task's timeout
      await send("Debugger.resume");
      const { code, stderr } = await run.result;
      close();
      assert.equal(code, 0, stderr);
      assert.deepEqual(results("jugfile.jugdata").map(({ value }) => value), [42]);
    });
  });
}

Deno.test("--inspect is refused with several workers and with --isolate, and if its port is in use", async () => {
  await withProject({ "jugfile.ts": SOURCE }, async ({ jug, results }) => {
    const several = await jug("execute --inspect --workers 2");
    assert.equal(several.code, 2);
    assert.match(several.stderr, /'--inspect' cannot be used with '--workers'/);
    const isolated = await jug("execute --pdb --isolate");
    assert.equal(isolated.code, 2);
    assert.match(isolated.stderr, /'--isolate' cannot be used with option '--pdb'/);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    try {
      const taken = await jug(`execute --inspect-port ${listener.addr.port}`);
      assert.equal(taken.code, 1);
      assert.match(taken.stderr, /a debugger cannot connect at port \d+/);
    } finally {
      listener.close();
    }
    assert.deepEqual(results("jugfile.jugdata"), []);
  });
});
