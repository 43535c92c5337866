import { runLayers } from "./layers_run.ts";
import { openSuite } from "./suite.ts";

const suite = await openSuite();

suite.check("two hosts run 801 tasks over NFS 4.2, none of them twice", "short", async (guests) => {
  await runLayers(guests, { title: "plain run", mount: "v4.2", layers: 20, width: 40, taskMs: 20 });
});

suite.check("two hosts run 801 tasks over NFS 3, none of them twice", "full", async (guests) => {
  await runLayers(guests, { title: "plain run", mount: "v3", layers: 20, width: 40, taskMs: 20 });
});
