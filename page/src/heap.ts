// The graph of the snapshot, as the views ask for it.
import { type Column, column, table } from "./columns";

export interface RingStep {
  node: number;
  edge: number;
  place: string;
  isFix: boolean;
}

export interface SiteRow {
  type: string;
  objects: number;
  file: string | null;
  line: number;
  column: number;
}

export interface Fix {
  change: string;
  frees: string;
  losses: string;
  is_marked: boolean;
}

/** A kind of leak, or leaked objects that belong to none. */
export interface Kind {
  verdict: "leaked" | "likely" | "possibly";
  title: string;
  fingerprint: string | null;
  leaks: number;
  objects: number;
  bytes: number;
  on_cycles: number;
  sites: SiteRow[];
  more_sites: number;
  rings: { length: number; steps: [number, number, string, boolean][] }[];
  fix: Fix | null;
  others: string[];
  text: string;
}

/** A type: its names, the size of a value, whether it is visited, and whether it has a `Drop`. */
type TypeRow = [string, string, number, boolean, boolean];

/** Born, died, survived, and the growth in bytes, after the names. */
type TypeTurnover = [string, number, number, number, number];
type SiteTurnover = [string, string | null, number, number, number, number];

export interface Comparison {
  sides: { nodes: number; epoch: number; leaked: number }[];
  types: TypeTurnover[];
  sites: SiteTurnover[];
  containers: [string, number, number][];
  kinds: [string, number, number][];
}

export interface Summary {
  nodes: number;
  edges: number;
  cycles: number;
  bytes: number;
  leaked: number;
  epoch: number;
  epochs: [number, number][];
  starts: number[];
  coverage: { is_enabled: boolean; traced: number; untraced: number; untraced_values: number; lines: string[] };
  report: string;
  comparison: Comparison | null;
}

export const STRONG = 0;
export const WEAK = 1;
export const INFERRED = 2;

const POINTERS = ["Rc", "Arc", "std Rc", "std Arc", "by value", "value"];
const STATES = [
  "",
  "could not be traced: its type is not known",
  "not traced: it belongs to another thread",
  "not traced: a &mut to it was handed out",
  "its visit panicked",
  "was being created or dropped",
];

/** Columns are decoded when they are first needed. */
const columns = new Map<string, Column>();

function numbers(name: string): Column {
  let known = columns.get(name);
  if (!known) {
    known = column(name) ?? new Uint8Array(0);
    columns.set(name, known);
  }
  return known;
}

export const summary = table<Summary>("summary")[0];
export const kinds = table<Kind>("kinds");
export const types = table<TypeRow>("types");
export const sites = table<string>("sites");
const threads = table<string>("threads");
const paths = table<[string, string] | null>("paths");
export const roots = new Map(table<[number, string]>("roots"));
export const labels = new Map(table<[number, string]>("labels"));
export const panics = new Map(table<[number, string]>("panics"));

/** Number of objects; the numbers from here on are leaked cycles in the tree of dominators. */
export const count = summary?.nodes ?? 0;

export const typeOf = (node: number) => numbers("type")[node];
export const typeName = (node: number) => types[typeOf(node)][0];
export const siteOf = (node: number) => numbers("site")[node];
export const site = (node: number): string | null => sites[siteOf(node) - 1] ?? null;
export const thread = (node: number): string | null => threads[numbers("thread")[node] - 1] ?? null;
export const scope = (node: number) => numbers("scope")[node];
export const epoch = (node: number) => numbers("epoch")[node];
export const shallow = (node: number) => numbers("shallow")[node];
export const heap = (node: number) => numbers("heap")[node];
export const ownBytes = (node: number) => shallow(node) + heap(node);
export const retained = (at: number) => numbers("retained")[at];
export const retainedObjects = (at: number) => numbers("retained_objects")[at];
export const pointer = (node: number) => POINTERS[numbers("pointer")[node]];
export const state = (node: number) => STATES[numbers("state")[node]];
export const opaque = (node: number) => numbers("opaque")[node];
export const isNew = (node: number) => numbers("is_new")[node] === 1;
const known = (value: number) => (value === 0 ? null : value - 1);
export const strong = (node: number) => known(numbers("strong")[node]);
export const weak = (node: number) => known(numbers("weak")[node]);
/** The number of its kind of leak, or -1. */
export const kindOf = (node: number) => numbers("kind")[node] - 1;
/** The immediate dominator, an object or a leaked cycle; -1 if there is none. */
export const dominator = (at: number) => (at < count ? numbers("dominator")[at] - 1 : -1);
export const isCycle = (at: number) => at >= count;

/** Returns `#17`, or `#17.3` where the place was used before. */
export function id(node: number): string {
  const low = numbers("id_low")[node];
  const high = numbers("id_high")[node];
  if (high >= 0x80000000) return `#std${(high - 0x80000000) * 0x100000000 + low}`;
  return high === 0 ? `#${low}` : `#${low}.${high}`;
}

/** Returns the object with this id, as `id` writes it; -1 if there is none. */
export function find(text: string): number {
  const match = /^#?(std)?(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (!match) return -1;
  const low = Number(match[2]) % 0x100000000;
  const high = match[1]
    ? 0x80000000 + Math.floor(Number(match[2]) / 0x100000000)
    : Number(match[3] ?? 0);
  const [lows, highs] = [numbers("id_low"), numbers("id_high")];
  for (let node = 0; node < count; node++) {
    if (lows[node] === low && highs[node] === high) return node;
  }
  return -1;
}

export const edgeStart = (node: number) => numbers("edge_start")[node];
export const edgeEnd = (node: number) => numbers("edge_start")[node + 1];
export const target = (edge: number) => numbers("edge_target")[edge];
export const edgeKind = (edge: number) => numbers("edge_kind")[edge];
export const edgePath = (edge: number) => numbers("edge_path")[edge];

/** Returns the field that holds a reference: `children[3]`. */
export function field(edge: number): string {
  const index = numbers("edge_index")[edge];
  const text = paths[edgePath(edge)]?.[0] ?? "";
  const steps = index === 0 ? text : text.replace("[_]", `[${index - 1}]`);
  return steps.replaceAll("[_]", "[…]");
}

/** Returns the declared field in which a reference is held: `Node.children`. */
export const declared = (edge: number): string => paths[edgePath(edge)]?.[1] ?? "";

/** Returns the sources and numbers of the references to each node. */
const incoming = lazy(() => {
  const targets = numbers("edge_target");
  const starts = new Uint32Array(count + 2);
  for (let edge = 0; edge < targets.length; edge++) starts[targets[edge] + 2]++;
  for (let node = 2; node < starts.length; node++) starts[node] += starts[node - 1];
  const sources = new Uint32Array(targets.length);
  const edges = new Uint32Array(targets.length);
  for (let node = 0; node < count; node++) {
    for (let edge = edgeStart(node); edge < edgeEnd(node); edge++) {
      const at = starts[targets[edge] + 1]++;
      sources[at] = node;
      edges[at] = edge;
    }
  }
  return { starts, sources, edges };
});

export const inStart = (node: number) => incoming().starts[node];
export const inEnd = (node: number) => incoming().starts[node + 1];
export const source = (at: number) => incoming().sources[at];
export const inEdge = (at: number) => incoming().edges[at];

/** Returns the number of strong references that no traced object holds. */
export function external(node: number): number {
  let rest = strong(node) ?? 0;
  for (let at = inStart(node); at < inEnd(node); at++) {
    if (edgeKind(inEdge(at)) === STRONG) rest--;
  }
  return Math.max(rest, 0);
}

/** Lists what each object or leaked cycle dominates immediately. */
const dominated = lazy(() => {
  const all = count + (summary?.cycles ?? 0);
  const parents = numbers("dominator");
  // The row after the cycles has what nothing dominates.
  const parent = (at: number) => (at < count && parents[at] > 0 ? parents[at] - 1 : all);
  const starts = new Uint32Array(all + 3);
  for (let at = 0; at < all; at++) starts[parent(at) + 2]++;
  for (let at = 2; at < starts.length; at++) starts[at] += starts[at - 1];
  const children = new Uint32Array(all);
  for (let at = 0; at < all; at++) children[starts[parent(at) + 1]++] = at;
  return { starts, children, sorted: new Set<number>(), all };
});

/** Stands for everything, above the tree of dominators. */
export const EVERYTHING = -1;

/** Returns what an object or leaked cycle dominates immediately, in any order. */
export function dominatedBy(of: number): Uint32Array {
  const { starts, children, all } = dominated();
  const row = of === EVERYTHING ? all : of;
  return children.subarray(starts[row], starts[row + 1]);
}

/** Returns what an object or leaked cycle dominates immediately, those that retain most first. */
export function children(of: number): Uint32Array {
  const { sorted } = dominated();
  const rows = dominatedBy(of);
  const row = of;
  if (!sorted.has(row)) {
    sorted.add(row);
    const sizes = numbers("retained");
    rows.sort((a, b) => sizes[b] - sizes[a] || a - b);
  }
  return rows;
}

/** Returns a step of a ring by its parts. */
export function steps(ring: Kind["rings"][number]): RingStep[] {
  return ring.steps.map(([node, edge, place, isFix]) => ({ node, edge, place, isFix }));
}

function lazy<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
