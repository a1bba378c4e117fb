// Places for the objects of a drawing, in layers from left to right.
import { Graph, layout } from "@dagrejs/dagre";

export interface Sized {
  node: number;
  width: number;
  height: number;
}

export interface Drawn {
  x: number;
  y: number;
}

/** A line, with the width of its text. */
export interface Line {
  from: number;
  to: number;
  text: number;
}

/** The points of a line, and the middle of its text. */
export interface DrawnLine {
  points: Drawn[];
  text: Drawn;
}

/** Returns the middle of each node, and each line, in the order given. */
export function places(nodes: Sized[], lines: Line[]): { nodes: Map<number, Drawn>; lines: DrawnLine[] } {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 56, edgesep: 8, marginx: 20, marginy: 20 });
  for (const { node, width, height } of nodes) graph.setNode(String(node), { width, height });
  lines.forEach(({ from, to, text }, at) => {
    graph.setEdge(String(from), String(to), { width: text, height: 16, labelpos: "c" }, String(at));
  });
  layout(graph);
  const middle = new Map<number, Drawn>();
  for (const { node } of nodes) {
    const { x, y } = graph.node(String(node)) as Drawn;
    middle.set(node, { x, y });
  }
  const drawn = lines.map(({ from, to }, at) => {
    const { points, x, y } = graph.edge(String(from), String(to), String(at)) as Drawn & { points?: Drawn[] };
    return { points: points ?? [], text: { x, y } };
  });
  return { nodes: middle, lines: drawn };
}

/** Returns a smooth path through these points. */
export function smooth(points: Drawn[]): string {
  if (points.length < 2) return "";
  const at = (point: Drawn) => `${point.x.toFixed(1)},${point.y.toFixed(1)}`;
  const parts = [`M${at(points[0])}`];
  for (let next = 1; next < points.length - 1; next++) {
    const [one, two] = [points[next], points[next + 1]];
    const end = next === points.length - 2 ? two : { x: (one.x + two.x) / 2, y: (one.y + two.y) / 2 };
    parts.push(`Q${at(one)} ${at(end)}`);
  }
  if (points.length === 2) parts.push(`L${at(points[1])}`);
  return parts.join(" ");
}
