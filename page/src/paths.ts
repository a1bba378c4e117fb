// Why an object is alive: the shortest chain of strong references to it.
import * as heap from "./heap";

export interface PathStep {
  node: number;
  /** The reference by which the step before leads here; -1 at the start. */
  edge: number;
}

export type Why = "root" | "outside" | "leaked" | "unknown";

export interface RetainingPath {
  why: Why;
  steps: PathStep[];
}

/** Maximum number of objects that a search visits. */
const VISITS = 2_000_000;

/** Returns the shortest path from a root, from an object that is held from outside, or, for a leaked
 * object, from the cycle that keeps it alive. */
export function retainingPath(node: number): RetainingPath {
  const via = new Map<number, PathStep>([[node, { node: -1, edge: -1 }]]);
  const queue = [node];
  for (let next = 0; next < queue.length && next < VISITS; next++) {
    const at = queue[next];
    const why = reason(at);
    if (why) return { why, steps: unwind(at, via) };
    for (let row = heap.inStart(at); row < heap.inEnd(at); row++) {
      const [source, edge] = [heap.source(row), heap.inEdge(row)];
      if (heap.edgeKind(edge) !== heap.STRONG || via.has(source)) continue;
      via.set(source, { node: at, edge });
      queue.push(source);
    }
  }
  return { why: "unknown", steps: [{ node, edge: -1 }] };
}

function reason(node: number): Why | null {
  if (heap.roots.has(node)) return "root";
  if (heap.isCycle(heap.dominator(node))) return "leaked";
  const isLeaked = heap.kinds[heap.kindOf(node)]?.verdict === "leaked";
  return !isLeaked && heap.external(node) > 0 ? "outside" : null;
}

function unwind(start: number, via: Map<number, PathStep>): PathStep[] {
  const steps: PathStep[] = [{ node: start, edge: -1 }];
  for (let at = via.get(start); at && at.node >= 0; at = via.get(at.node)) {
    steps.push({ node: at.node, edge: at.edge });
  }
  return steps;
}

/** Returns what dominates an object, the nearest first. */
export function dominators(node: number): number[] {
  const found: number[] = [];
  for (let at = heap.dominator(node); at >= 0; at = heap.dominator(at)) found.push(at);
  return found;
}
