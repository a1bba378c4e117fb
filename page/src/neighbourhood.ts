// The objects that the graph shows: it begins with one, and grows where it is clicked.
import * as heap from "./heap";

/** Maximum number of objects that a drawing has at first. */
const FIRST = 10;
/** Number of neighbours on each side that one step adds. */
const STEP = 6;
/** The same for the start of a new drawing, and for objects beside it. */
const [NEAR, FURTHER] = [4, 2];
/** Maximum number of objects that are drawn. */
export const LIMIT = 160;
/** Maximum number of references of one object that are searched for lines. */
const SEARCHED = 4000;

/** References from one object to another: the first, and how many. */
export interface Group {
  from: number;
  to: number;
  edge: number;
  kind: number;
  number: number;
}

export class Neighbourhood {
  readonly shown = new Set<number>();

  constructor(starts: number[]) {
    for (const node of starts) this.shown.add(node);
    for (const node of starts) this.expand(node, true, true, NEAR);
    for (const node of this.shown) {
      if (this.shown.size < FIRST && !starts.includes(node)) this.expand(node, true, true, FURTHER);
    }
  }

  get isFull(): boolean {
    return this.shown.size >= LIMIT;
  }

  /** Adds some of the neighbours of an object that are not shown; returns how many. */
  expand(node: number, out = true, into = true, step = STEP): number {
    const before = this.shown.size;
    this.shown.add(node);
    if (out) this.add(varied(targets(node)), step);
    if (into) this.add(varied(sources(node)), step);
    return this.shown.size - before;
  }

  private add(neighbours: Iterable<number>, step: number): void {
    let added = 0;
    for (const neighbour of neighbours) {
      if (added === step || this.isFull) break;
      if (this.shown.has(neighbour)) continue;
      this.shown.add(neighbour);
      added++;
    }
  }

  /** Removes an object. */
  hide(node: number): void {
    if (this.shown.size > 1) this.shown.delete(node);
  }

  /** Returns the number of neighbours that are not shown: held by the object, and holding it. */
  hidden(node: number): { out: number; into: number } {
    const number = (neighbours: Iterable<Neighbour>, most: number) => {
      const seen = new Set<number>();
      let at = 0;
      for (const [neighbour] of neighbours) {
        if (++at > SEARCHED) return seen.size + most - SEARCHED;
        if (!this.shown.has(neighbour)) seen.add(neighbour);
      }
      return seen.size;
    };
    return {
      out: number(targets(node), heap.edgeEnd(node) - heap.edgeStart(node)),
      into: number(sources(node), heap.inEnd(node) - heap.inStart(node)),
    };
  }

  /** Returns the references between the objects that are shown. */
  groups(): Group[] {
    const groups = new Map<string, Group>();
    const add = (from: number, to: number, edge: number) => {
      const kind = heap.edgeKind(edge);
      const key = `${from} ${to} ${kind}`;
      const known = groups.get(key);
      if (known) known.number++;
      else groups.set(key, { from, to, edge, kind, number: 1 });
    };
    for (const node of this.shown) {
      const [start, end] = [heap.edgeStart(node), heap.edgeEnd(node)];
      if (end - start <= SEARCHED) {
        for (let edge = start; edge < end; edge++) {
          if (this.shown.has(heap.target(edge))) add(node, heap.target(edge), edge);
        }
        continue;
      }
      // An object with very many references: those to the others are found from the other end.
      for (const other of this.shown) {
        const last = Math.min(heap.inEnd(other), heap.inStart(other) + SEARCHED);
        for (let at = heap.inStart(other); at < last; at++) {
          if (heap.source(at) === node) add(node, other, heap.inEdge(at));
        }
      }
    }
    return [...groups.values()];
  }
}

/** A neighbour, and the reference between. */
type Neighbour = [node: number, edge: number];

function* targets(node: number): Generator<Neighbour> {
  for (let edge = heap.edgeStart(node); edge < heap.edgeEnd(node); edge++) yield [heap.target(edge), edge];
}

function* sources(node: number): Generator<Neighbour> {
  for (let at = heap.inStart(node); at < heap.inEnd(node); at++) yield [heap.source(at), heap.inEdge(at)];
}

/** Returns neighbours: first one by each field, those by strong references before others. */
function varied(neighbours: Iterable<Neighbour>): number[] {
  const rows: { node: number; rank: number }[] = [];
  const seen = new Map<number, number>();
  for (const [node, edge] of neighbours) {
    if (rows.length === SEARCHED) break;
    const path = heap.edgePath(edge);
    const before = seen.get(path) ?? 0;
    seen.set(path, before + 1);
    rows.push({ node, rank: before * 2 + (heap.edgeKind(edge) === heap.STRONG ? 0 : 1) });
  }
  rows.sort((a, b) => a.rank - b.rank);
  return rows.map((row) => row.node);
}
