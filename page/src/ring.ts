// The ring of a leak: the objects that own each other, and the reference to make `Weak`.
import { fitted, grouped, h, s, width } from "./dom";
import * as heap from "./heap";
import { go } from "./location";
import { HEIGHT, type Placed, WIDTH, curve, place } from "./ring_places";

/** Maximum number of objects that are drawn; of a longer ring, the beginning and the end. */
const DRAWN = 8;
const FONT = "600 13px system-ui, sans-serif";
const SMALL = "12px system-ui, sans-serif";
const FIELD = "600 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";
const HEIGHT_OF_BOX = 44;

interface Box extends Placed {
  /** Absent where steps are left out. */
  step: heap.RingStep | null;
  skipped: number;
}

export function ring(steps: heap.RingStep[], length: number): SVGSVGElement {
  const boxes = placed(shown(steps, length));
  const picture = s("svg", {
    class: "ring",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    role: "img",
    "aria-label": `A ring of ${length} references`,
  });
  picture.append(s("defs", {}, arrow("owns"), arrow("fix"), arrow("inferred")));
  const texts = s("g");
  boxes.forEach((box, at) => {
    if (box.step) {
      const [line, text] = reference(box, boxes[(at + 1) % boxes.length], boxes);
      picture.append(line);
      texts.append(text);
    } else {
      const next = boxes[(at + 1) % boxes.length];
      picture.append(s("path", { class: "skipped", d: curve(box, next, boxes, HEIGHT_OF_BOX).d }));
    }
  });
  for (const box of boxes) picture.append(drawn(box));
  picture.append(texts);
  return picture;
}

function shown(steps: heap.RingStep[], length: number): Box[] {
  const box = (step: heap.RingStep | null, skipped = 0): Box => ({ step, skipped, x: 0, y: 0, width: 0 });
  if (length <= DRAWN) return steps.map((step) => box(step));
  const first = steps.slice(0, DRAWN - 3);
  const last = steps.slice(-1);
  return [...first.map((step) => box(step)), box(null, length - first.length - 1), ...last.map((step) => box(step))];
}

/** Sizes and places the boxes: one or two in a row, more in two columns. */
function placed(boxes: Box[]): Box[] {
  for (const box of boxes) {
    const names = box.step ? [width(heap.typeName(box.step.node), FONT), width(second(box.step.node), SMALL)] : [];
    box.width = Math.min(250, Math.max(104, ...names.map((name) => name + 30)));
  }
  place(boxes, HEIGHT_OF_BOX);
  return boxes;
}

function drawn(box: Box): SVGElement {
  const group = s("g", { transform: `translate(${box.x - box.width / 2},${box.y - HEIGHT_OF_BOX / 2})` });
  if (!box.step) {
    group.append(
      s("rect", { class: "ring-more", width: box.width, height: HEIGHT_OF_BOX, rx: 10 }),
      s("text", { class: "ring-id", x: box.width / 2, y: 27, "text-anchor": "middle" }, `${grouped(box.skipped)} more`),
    );
    return group;
  }
  const { node } = box.step;
  const label = heap.labels.get(node);
  const name = fitted(heap.typeName(node), box.width - 26, FONT);
  const select = () => go({ node });
  group.setAttribute("class", "ring-node");
  group.setAttribute("tabindex", "0");
  group.setAttribute("role", "button");
  group.dataset.node = String(node);
  group.addEventListener("click", select);
  group.addEventListener("dblclick", () => go({ node, view: "graph" }));
  group.addEventListener("keydown", (event) => {
    if (event.key === "Enter") select();
  });
  group.append(
    s("title", {}, `${heap.typeName(node)} ${heap.id(node)}${label === undefined ? "" : ` ${label}`}`),
    s("rect", { width: box.width, height: HEIGHT_OF_BOX, rx: 10 }),
    s("text", { class: "ring-type", x: 14, y: 19 }, name),
    s("text", { class: "ring-id", x: 14, y: 36 }, fitted(second(node), box.width - 26, SMALL)),
  );
  return group;
}

/** Returns the second line of an object: its id and its label. */
function second(node: number): string {
  const label = heap.labels.get(node);
  return label === undefined ? heap.id(node) : `${heap.id(node)} ${label}`;
}

/** Returns the line of a reference, and its field. */
function reference(from: Box, to: Box, boxes: Box[]): [SVGElement, SVGElement] {
  const step = from.step as heap.RingStep;
  const { d, x, y, side, room } = curve(from, to, boxes, HEIGHT_OF_BOX);
  const isInferred = heap.edgeKind(step.edge) === heap.INFERRED;
  const kind = step.isFix ? "fix" : isInferred ? "inferred" : "owns";
  const line = s("path", { class: `ring-edge ${kind}`, d, "marker-end": `url(#ring-${kind})` });
  const text = fitted(step.place, room, FIELD);
  const half = Math.max(width(text, FIELD), step.isFix && side === 0 ? 98 : 0) / 2 + 7;
  const middle = Math.min(Math.max(x + side * (half + 8), half + 2), WIDTH - half - 2);
  const hasNote = step.isFix && side === 0;
  const field = s(
    "g",
    { class: `ring-field ${kind}`, transform: `translate(${middle},${y})` },
    s("title", {}, step.place),
    s("rect", { x: -half, y: hasNote ? -20 : -11, width: half * 2, height: hasNote ? 40 : 22, rx: 6 }),
    s("text", { y: hasNote ? -4 : 4, "text-anchor": "middle" }, text),
  );
  if (hasNote) field.append(s("text", { class: "ring-weak", y: 12, "text-anchor": "middle" }, "make this Weak"));
  return [line, field];
}

function arrow(kind: string): SVGElement {
  return s(
    "marker",
    { id: `ring-${kind}`, class: `arrow ${kind}`, viewBox: "0 0 8 8", refX: 6.5, refY: 4, markerWidth: 6, markerHeight: 6, orient: "auto" },
    s("path", { d: "M0,0.5 L7.5,4 L0,7.5 Z" }),
  );
}

/** Says what the lines of a ring mean. */
export function legend(steps: heap.RingStep[]): HTMLElement {
  const has = (is: (step: heap.RingStep) => boolean) => steps.some(is);
  return h(
    "p",
    { class: "legend" },
    has((step) => !step.isFix && heap.edgeKind(step.edge) !== heap.INFERRED) && h("span", { class: "key owns" }, "owns"),
    has((step) => step.isFix) && h("span", { class: "key fix" }, "owns, and should be Weak"),
    has((step) => heap.edgeKind(step.edge) === heap.INFERRED) &&
      h("span", { class: "key inferred" }, "inferred from memory"),
  );
}
