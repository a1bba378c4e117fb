// Who retains how much: the tree of dominators as a flame graph or as a treemap.
import { type HierarchyRectangularNode, hierarchy, partition, treemap } from "d3-hierarchy";
import { colourOf } from "./colours";
import { showList } from "./details";
import { button, bytes, counted, fitted, grouped, h, s } from "./dom";
import * as heap from "./heap";
import { type Place, go } from "./location";

const FONT = "600 12px system-ui, sans-serif";
const ROW = 28;
const DEPTH = 14;
/** Minimum part of the whole for which an object has a block of its own. */
const OWN = 0.012;
/** Minimum part of the whole for which the smaller ones of a type have a block together. */
const TOGETHER = 0.003;

/** A block: an object, a leaked cycle, or several that are drawn as one. */
interface Block {
  /** An object or a leaked cycle; `null` for several. */
  at: number | null;
  name: string;
  bytes: number;
  colour: string;
  /** The objects that the block stands for, if it stands for several. */
  members: number[];
  children: Block[];
}

let shape: "flame" | "map" = "flame";
let focus: number = heap.EVERYTHING;
const picture = s("svg", { class: "retained-picture", role: "group", "aria-label": "Retained sizes" });
const trail = h("nav", { class: "trail", "aria-label": "Dominators" });
const shapes = h("span", { class: "shapes" });
const root = h("div", { class: "retained" }, h("div", { class: "tools" }, shapes, trail), h("div", { class: "retained-area" }, picture));
new ResizeObserver(() => draw()).observe(picture);

export function retained(place: Place, isSelection: boolean): HTMLElement {
  if (isSelection && place.node >= 0) focus = place.node;
  draw();
  return root;
}

/** Shows what an object or a leaked cycle retains. */
function zoomTo(at: number): void {
  focus = at;
  if (at >= 0 && !heap.isCycle(at)) go({ node: at, view: "retained" });
  else draw();
}

function nameOf(at: number): string {
  if (at === heap.EVERYTHING) return "everything";
  if (!heap.isCycle(at)) return `${heap.typeName(at)} ${heap.id(at)}`;
  const first = heap.children(at)[0];
  return first === undefined ? "leaked cycle" : `leaked cycle of ${heap.typeName(first)}`;
}

function sizeOf(at: number): number {
  return at === heap.EVERYTHING ? heap.summary.bytes : heap.retained(at);
}

function block(at: number): Block {
  const isCycle = heap.isCycle(at);
  const colour = at === heap.EVERYTHING ? "hue-none" : isCycle ? "hue-leak" : colourOf(heap.typeOf(at));
  return { at, name: nameOf(at), bytes: sizeOf(at), colour, members: [], children: [] };
}

/** Returns the tree below an object; `own` and `together` are the least bytes of blocks. */
function tree(at: number, depth: number, own: number, together: number): Block {
  const made = block(at);
  if (depth === 0) return made;
  const small: number[] = [];
  for (const child of heap.dominatedBy(at)) {
    if (heap.retained(child) >= own) made.children.push(tree(child, depth - 1, own, together));
    else small.push(child);
  }
  made.children.push(...byType(small, depth, together));
  return made;
}

/** Returns a block for each type of these objects, with what they dominate by type below it. */
function byType(objects: number[], depth: number, least: number): Block[] {
  const types = new Map<number, number[]>();
  for (const at of objects) {
    const type = heap.isCycle(at) ? -1 : heap.typeOf(at);
    const alike = types.get(type);
    if (alike) alike.push(at);
    else types.set(type, [at]);
  }
  const blocks: Block[] = [];
  const rest: number[] = [];
  for (const [type, members] of types) {
    const bytes = members.reduce((sum, member) => sum + heap.retained(member), 0);
    if (bytes < least) {
      for (const member of members) rest.push(member);
      continue;
    }
    const name = type < 0 ? counted(members.length, "leaked cycle") : `${grouped(members.length)} × ${heap.types[type][0]}`;
    const made: Block =
      members.length === 1
        ? block(members[0])
        : { at: null, name, bytes, colour: type < 0 ? "hue-leak" : colourOf(type), members, children: [] };
    const below: number[] = [];
    for (const member of depth > 1 ? members : []) for (const child of heap.dominatedBy(member)) below.push(child);
    made.children = byType(below, depth - 1, least);
    blocks.push(made);
  }
  const bytes = rest.reduce((sum, member) => sum + heap.retained(member), 0);
  if (bytes >= least) {
    blocks.push({ at: null, name: `${grouped(rest.length)} more`, bytes, colour: "hue-none", members: rest, children: [] });
  }
  return blocks;
}

function draw(): void {
  const area = picture.getBoundingClientRect();
  drawTools();
  if (area.width === 0) return;
  const [whole, depth] = [sizeOf(focus), shape === "map" ? 4 : DEPTH];
  const data = hierarchy(tree(focus, depth, whole * OWN, whole * TOGETHER));
  // A block is as large as what it retains; its own bytes are the part that no child covers.
  data.each((node) => {
    (node as { value?: number }).value = node.data.bytes;
  });
  data.sort((a, b) => b.data.bytes - a.data.bytes);
  const rows = data.height + 1;
  const flame = partition<Block>().size([area.width, rows * ROW]).padding(1);
  const map = treemap<Block>().size([area.width, area.height]).paddingInner(2).paddingOuter(3).paddingTop(21);
  const placed = (shape === "flame" ? flame(data) : map(data)) as HierarchyRectangularNode<Block>;
  picture.setAttribute("viewBox", `0 0 ${area.width} ${area.height}`);
  picture.replaceChildren(...placed.descendants().map(drawn));
}

function drawn(node: HierarchyRectangularNode<Block>): SVGElement {
  const { data, x0, y0, x1, y1 } = node;
  const [wide, high] = [Math.max(0, x1 - x0), Math.max(0, y1 - y0)];
  const text = `${data.name}, ${bytes(data.bytes)}`;
  const group = s(
    "g",
    { class: `block ${data.colour}${data.at === focus ? " focus" : ""}`, transform: `translate(${x0},${y0})`, tabindex: wide > 24 ? 0 : null, role: "button" },
    s("title", {}, describe(data)),
    s("rect", { width: wide, height: high, rx: 3 }),
  );
  if (wide > 34 && high > 13) group.append(s("text", { x: 6, y: shape === "flame" ? high / 2 + 4 : 15 }, fitted(wide < 110 ? data.name : text, wide - 10, FONT)));
  const open = () => {
    if (data.at !== null) zoomTo(data.at);
    else showList(data.name, listedOf(data.members));
  };
  group.addEventListener("click", open);
  group.addEventListener("keydown", (event) => {
    if (event.key === "Enter") open();
  });
  return group;
}

/** Returns these objects, those that retain most first, and the objects of cycles in their place. */
function listedOf(members: number[]): number[] {
  const objects = members.flatMap((member) => (heap.isCycle(member) ? [...heap.children(member)] : [member]));
  return objects.sort((a, b) => heap.retained(b) - heap.retained(a) || a - b);
}

function describe(data: Block): string {
  const part = ((100 * data.bytes) / Math.max(heap.summary.bytes, 1)).toFixed(1);
  const objects = data.at !== null && data.at >= 0 ? `, ${counted(heap.retainedObjects(data.at), "object")}` : "";
  return `${data.name}: retains ${bytes(data.bytes)}${objects} (${part} % of all)`;
}

function drawTools(): void {
  const shapeButton = (name: typeof shape, text: string) =>
    button(text, () => {
      shape = name;
      draw();
    }, { "aria-pressed": shape === name ? "true" : "false" });
  shapes.replaceChildren(shapeButton("flame", "Flame graph"), shapeButton("map", "Treemap"));
  const steps = [focus];
  while (steps[0] !== heap.EVERYTHING) {
    steps.unshift(heap.dominator(steps[0]));
  }
  const first = steps.length > 6 ? [steps[0], null, ...steps.slice(-4)] : steps;
  trail.replaceChildren(
    ...first.map((step) =>
      step === null ? h("span", {}, "…") : button(`${nameOf(step)} · ${bytes(sizeOf(step))}`, () => zoomTo(step)),
    ),
  );
}
