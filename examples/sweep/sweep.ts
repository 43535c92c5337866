/**
 * A parameter sweep: which gains make a controller bring a weight to its target fastest, and how does the cost depend
 * on them?
 *
 * One task per pair of gains, one that picks the best pair, and one that draws the surface:
 *
 *     jug execute sweep.ts --workers auto
 *     jug value sweep.ts best
 *     jug value sweep.ts surface > surface.svg
 *
 * The first argument is the number of steps for each of the two gains.
 *
 * @module
 */
import { args, TaskGenerator } from "jug";

const STEPS = Number(args[0] ?? 15);
const SECONDS = 10;
const STEP_SECONDS = 0.001;

/** The outcome of a pair of gains. */
export interface Trial {
  /** Force per metre of displacement. */
  readonly spring: number;
  /** Opposing force per metre per second. */
  readonly damping: number;
  /** The integral over time of the squared error, plus a penalty for the force. */
  readonly cost: number;
}

const simulate = TaskGenerator(function simulate(spring: number, damping: number): Trial {
  let position = 1;
  let speed = 0;
  let cost = 0;
  for (let time = 0; time < SECONDS; time += STEP_SECONDS) {
    const force = -spring * position - damping * speed;
    cost += (position ** 2 + 0.01 * force ** 2) * STEP_SECONDS;
    speed += force * STEP_SECONDS;
    position += speed * STEP_SECONDS;
  }
  return { spring, damping, cost };
});

const pickBest = TaskGenerator(function pickBest(trials: Trial[]): Trial {
  return trials.reduce((best, trial) => trial.cost < best.cost ? trial : best);
});

const draw = TaskGenerator(async function draw(trials: Trial[], best: Trial): Promise<string> {
  const echarts = await import("npm:echarts@6");
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width: 720, height: 560 });
  const axis = (name: string, values: number[]) => ({
    type: "category" as const,
    name,
    data: [...new Set(values)].map((value) => value.toFixed(2)),
  });
  const cell = ({ spring, damping, cost }: Trial) => [spring.toFixed(2), damping.toFixed(2), Number(cost.toFixed(4))];
  chart.setOption({
    animation: false,
    title: { text: `best: spring ${best.spring.toFixed(2)}, damping ${best.damping.toFixed(2)}` },
    xAxis: axis("spring", trials.map(({ spring }) => spring)),
    yAxis: axis("damping", trials.map(({ damping }) => damping)),
    visualMap: { min: best.cost, max: 4 * best.cost, calculable: true, right: 0, top: "middle" },
    series: [{ type: "heatmap", data: trials.map(cell), markPoint: { data: [{ coord: cell(best) }] } }],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
});

const range = (from: number, to: number) =>
  Array.from({ length: STEPS }, (_, step) => from + (to - from) * step / (STEPS - 1));

/** One task per pair of gains. */
export const trials = range(1, 15).flatMap((spring) => range(0.5, 8).map((damping) => simulate(spring, damping)));
/** The pair with the lowest cost. */
export const best = pickBest(trials);
/** A picture of the cost of all pairs, as SVG. */
export const surface = draw(trials, best);
