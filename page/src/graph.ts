// The graph around an object, which grows on click.
import { select } from "d3-selection";
import { type ZoomBehavior, zoom, zoomIdentity, zoomTransform } from "d3-zoom";
import { colourOf } from "./colours";
import { button, counted, fitted, grouped, h, s, width } from "./dom";
import * as heap from "./heap";
import { type Drawn, type DrawnLine, type Sized, places, smooth } from "./layout";
import { type Place, go } from "./location";
import { type Group, LIMIT, Neighbourhood } from "./neighbourhood";

const FONT = "600 12.5px system-ui, sans-serif";
const SMALL = "11.5px system-ui, sans-serif";
const FIELD = "11.5px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";
const HEIGHT = 44;
/** The scale at which texts can still be read. */
const READABLE = 0.82;
const KINDS = ["strong", "weak", "inferred"];

let around: Neighbourhood | null = null;
let selected = -1;
let positions = new Map<number, Drawn>();
const svg = s("svg", { class: "graph", tabindex: 0, role: "application", "aria-label": "Graph of references" });
const canvas = s("g");
const edges = s("g");
const fields = s("g");
const boxes = s("g");
canvas.append(edges, boxes, fields);
svg.append(s("defs", {}, ...KINDS.map(arrow)), canvas);
const move: ZoomBehavior<SVGSVGElement, unknown> = zoom<SVGSVGElement, unknown>()
  .scaleExtent([0.1, 3])
  .extent(() => [[0, 0], [svg.clientWidth, svg.clientHeight]])
  .on("zoom", (event) => canvas.setAttribute("transform", event.transform.toString()));
select<SVGSVGElement, unknown>(svg).call(move).on("dblclick.zoom", null);
const hint = h("p", { class: "graph-hint" });
const root = h(
  "div",
  { class: "graph-view" },
  h(
    "div",
    { class: "tools" },
    button("Fit", () => fit(), { title: "Show the whole drawing (F)" }),
    button("Start here", startHere, { title: "Draw only what is around the selected object (S)" }),
    button("Hide", hide, { title: "Remove the selected object from the drawing (Delete)" }),
    h("span", { class: "legend" },
      h("span", { class: "key strong" }, "strong"),
      h("span", { class: "key weak" }, "weak"),
      h("span", { class: "key inferred" }, "inferred")),
    hint,
  ),
  svg,
);

/** Returns the graph; an object that it does not show yet begins a new drawing. */
export function graph(place: Place): HTMLElement {
  const node = place.node >= 0 ? place.node : largest();
  if (node < 0) return h("div", { class: "empty" }, h("h2", {}, "No object is alive"));
  if (!around?.shown.has(node)) {
    const starts = heap.summary.starts.includes(node) ? heap.summary.starts.slice(0, 8) : [node];
    around = new Neighbourhood(starts);
    positions = new Map();
  }
  const isFirst = positions.size === 0;
  selected = node;
  draw();
  if (isFirst) requestAnimationFrame(() => fit(READABLE));
  return root;
}

/** Returns the object that retains the most. */
function largest(): number {
  const first = heap.count > 0 ? heap.children(heap.EVERYTHING)[0] : -1;
  if (first === undefined || first < 0) return -1;
  return heap.isCycle(first) ? (heap.children(first)[0] ?? -1) : first;
}

function draw(): void {
  if (!around) return;
  const nodes = [...around.shown].map(sized);
  const groups = around.groups();
  const others = groups.filter((group) => group.from !== group.to);
  const texts = others.map(textOf);
  const wide = (text: string) => (text ? width(text, FIELD) + 8 : 0);
  const drawn = places(nodes, others.map(({ from, to }, at) => ({ from, to, text: wide(texts[at]) })));
  keepInPlace(drawn.nodes);
  const isKnown = new Set(positions.keys());
  // Lines follow when the objects have arrived.
  const moves = [...drawn.nodes].some(([node, { x, y }]) => {
    const before = positions.get(node);
    return before && (before.x !== x || before.y !== y);
  });
  for (const lines of [edges, fields]) lines.setAttribute("class", moves ? "follow" : "");
  positions = drawn.nodes;

  const kept = new Map<number, SVGGElement>();
  for (const element of [...boxes.children] as SVGGElement[]) {
    const node = Number(element.dataset.node);
    if (positions.has(node)) kept.set(node, element);
    else element.remove();
  }
  for (const { node, width: wide } of nodes) {
    const at = positions.get(node) as Drawn;
    const element = kept.get(node) ?? s("g", { class: "node" });
    element.replaceChildren(...box(node, wide));
    element.setAttribute("class", classesOf(node));
    element.dataset.node = String(node);
    element.style.transform = `translate(${at.x}px,${at.y}px)`;
    if (!kept.has(node)) {
      if (isKnown.size > 0) element.classList.add("appears");
      element.addEventListener("click", (event) => click(node, event.target as Element));
      boxes.append(element);
    }
  }
  edges.replaceChildren();
  fields.replaceChildren();
  others.forEach((group, at) => {
    const line = drawn.lines[at];
    const touches = group.from === selected || group.to === selected ? " touches" : "";
    const kind = KINDS[group.kind];
    edges.append(s("path", { class: `edge ${kind}${touches}`, d: smooth(line.points), "marker-end": `url(#graph-${kind})` }));
    if (texts[at]) fields.append(fieldOf(group, texts[at], line, touches));
  });
  const full = around.isFull ? ` At most ${LIMIT} are drawn: start again from one of them.` : "";
  hint.textContent = `${counted(nodes.length, "object")} of ${grouped(heap.count)}.${full}`;
}

function sized(node: number): Sized {
  const label = heap.labels.get(node);
  const second = `${heap.id(node)}${label === undefined ? "" : ` ${label}`}`;
  const text = Math.max(width(heap.typeName(node), FONT), width(second, SMALL));
  return { node, width: Math.min(220, Math.max(96, text + 30)), height: HEIGHT };
}

function classesOf(node: number): string {
  const kind = heap.kinds[heap.kindOf(node)];
  return [
    "node",
    kind ? kind.verdict : "",
    heap.isNew(node) ? "is-new" : "",
    node === selected ? "selected" : "",
    colourOf(heap.typeOf(node)),
  ].join(" ");
}

function box(node: number, wide: number): SVGElement[] {
  const [left, top] = [-wide / 2, -HEIGHT / 2];
  const label = heap.labels.get(node);
  const second = `${heap.id(node)}${label === undefined ? "" : ` ${label}`}`;
  const hidden = (around as Neighbourhood).hidden(node);
  const parts: SVGElement[] = [
    s("title", {}, `${heap.typeName(node)} ${second}`),
    s("rect", { class: "body", x: left, y: top, width: wide, height: HEIGHT, rx: 8 }),
    s("rect", { class: "stripe", x: left + 6, y: top + 8, width: 4, height: HEIGHT - 16, rx: 2 }),
    s("text", { class: "name", x: left + 17, y: -4 }, fitted(heap.typeName(node), wide - 27, FONT)),
    s("text", { class: "second", x: left + 17, y: 13 }, fitted(second, wide - 27, SMALL)),
  ];
  if (hidden.out > 0) parts.push(more(wide / 2, hidden.out, "out", "held objects that are not drawn"));
  if (hidden.into > 0) parts.push(more(left, hidden.into, "into", "holders that are not drawn"));
  return parts;
}

/** Draws the number of neighbours on one side that are not drawn. */
function more(x: number, number: number, side: string, what: string): SVGElement {
  const text = number > 999 ? `+${Math.floor(number / 1000)}k` : `+${number}`;
  const wide = width(text, SMALL) + 12;
  const to = side === "out" ? x - 6 : x - wide + 6;
  return s(
    "g",
    { class: "more", "data-side": side, transform: `translate(${to},${-9})` },
    s("title", {}, `${grouped(number)} ${what}`),
    s("rect", { width: wide, height: 18, rx: 9 }),
    s("text", { x: wide / 2, y: 13, "text-anchor": "middle" }, text),
  );
}

/** Returns what is written on a line: the field, and the number of references in it. */
function textOf(group: Group): string {
  const times = group.number > 1 ? ` ×${grouped(group.number)}` : "";
  return `${fitted(heap.field(group.edge) || heap.declared(group.edge), 130, FIELD)}${times}`;
}

function fieldOf(group: Group, text: string, line: DrawnLine, touches: string): SVGElement {
  const half = width(text, FIELD) / 2 + 3;
  return s(
    "g",
    { class: `field${touches}`, transform: `translate(${line.text.x},${line.text.y})` },
    s("title", {}, `${heap.declared(group.edge)}: ${counted(group.number, "reference")}`),
    s("rect", { x: -half, y: -8, width: half * 2, height: 16, rx: 4 }),
    s("text", { y: 4, "text-anchor": "middle" }, text),
  );
}

function click(node: number, on: Element): void {
  if (!around) return;
  const side = on.closest<SVGElement>(".more")?.dataset.side;
  around.expand(node, side !== "into", side !== "out");
  svg.focus({ preventScroll: true });
  go({ node, view: "graph" });
}

/** Moves a new layout so that the selected object stays where it is. */
function keepInPlace(next: Map<number, Drawn>): void {
  const [before, after] = [positions.get(selected), next.get(selected)];
  if (!before || !after) return;
  const [dx, dy] = [before.x - after.x, before.y - after.y];
  select<SVGSVGElement, unknown>(svg).call(move.transform, zoomTransform(svg).translate(dx, dy));
}

/** Shows the whole drawing, or, if it would be smaller than `least`, what is around the selected object. */
function fit(least = 0): void {
  const area = svg.getBoundingClientRect();
  if (area.width === 0 || positions.size === 0) return;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of positions.values()) {
    left = Math.min(left, x - 130);
    right = Math.max(right, x + 130);
    top = Math.min(top, y - 40);
    bottom = Math.max(bottom, y + 40);
  }
  const scale = Math.min(1.15, area.width / (right - left), area.height / (bottom - top));
  const at = positions.get(selected);
  if (scale < least && at) {
    const x = Math.min(area.width / 2 - least * at.x, 24 - least * left);
    const y = area.height / 2 - least * at.y;
    select<SVGSVGElement, unknown>(svg).call(move.transform, zoomIdentity.translate(x, y).scale(least));
    return;
  }
  const x = area.width / 2 - (scale * (left + right)) / 2;
  const y = area.height / 2 - (scale * (top + bottom)) / 2;
  select<SVGSVGElement, unknown>(svg).call(move.transform, zoomIdentity.translate(x, y).scale(scale));
}

function startHere(): void {
  around = null;
  go({ view: "graph" });
}

function hide(): void {
  if (!around || around.shown.size < 2) return;
  const at = positions.get(selected);
  around.hide(selected);
  go({ view: "graph", node: nearest(at ?? { x: 0, y: 0 }, () => true) });
}

/** Returns the object that is drawn nearest to a point, among those in one direction. */
function nearest(from: Drawn, isWanted: (dx: number, dy: number) => boolean): number {
  let [best, least] = [selected, Infinity];
  for (const [node, { x, y }] of positions) {
    const [dx, dy] = [x - from.x, y - from.y];
    if (node === selected || !around?.shown.has(node) || !isWanted(dx, dy)) continue;
    const distance = Math.hypot(dx, dy);
    if (distance < least) [best, least] = [node, distance];
  }
  return best;
}

/** Handles a key of the graph; returns whether it has a meaning here. */
export function key(name: string): boolean {
  const at = positions.get(selected) ?? { x: 0, y: 0 };
  const directions: Record<string, (dx: number, dy: number) => boolean> = {
    ArrowLeft: (dx, dy) => dx < 0 && Math.abs(dy) <= -dx,
    ArrowRight: (dx, dy) => dx > 0 && Math.abs(dy) <= dx,
    ArrowUp: (dx, dy) => dy < 0 && Math.abs(dx) <= -dy * 3,
    ArrowDown: (dx, dy) => dy > 0 && Math.abs(dx) <= dy * 3,
  };
  if (name in directions) go({ node: nearest(at, directions[name]), view: "graph" });
  else if (name === "Enter" || name === " ") {
    around?.expand(selected);
    go({ view: "graph" });
  } else if (name === "f") fit();
  else if (name === "s") startHere();
  else if (name === "Delete" || name === "Backspace") hide();
  else if (name === "+" || name === "-") select<SVGSVGElement, unknown>(svg).call(move.scaleBy, name === "+" ? 1.25 : 0.8);
  else return false;
  return true;
}

function arrow(kind: string): SVGElement {
  return s(
    "marker",
    { id: `graph-${kind}`, class: `arrow ${kind}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 6.5, markerHeight: 6.5, orient: "auto" },
    s("path", { d: "M0,0.5 L7.5,4 L0,7.5 Z" }),
  );
}
