// The panel on the right: the selected object, or a list of objects.
import { badges, objectLine } from "./badges";
import { button, bytes, counted, grouped, h, virtualList } from "./dom";
import * as heap from "./heap";
import { type Place, go } from "./location";
import { type RetainingPath, dominators, retainingPath } from "./paths";

/** Number of references of an object that are listed at first. */
const LISTED = 8;
/** Number of objects of a retaining path at each end that are listed. */
const ENDS = 6;

const panel = h("aside", { class: "details", "aria-label": "Details" });
let list: { title: string; nodes: ArrayLike<number> } | null = null;

export function details(place: Place): HTMLElement {
  draw(place);
  return panel;
}

/** Lists objects in place of the details of one. */
export function showList(title: string, nodes: ArrayLike<number>): void {
  list = { title, nodes };
  draw({ node: -1 });
}

/** Returns whether a list was shown, and closes it. */
export function closeList(): boolean {
  const wasOpen = list !== null;
  list = null;
  return wasOpen;
}

function draw({ node }: { node: number }): void {
  if (list) panel.replaceChildren(...listed(list.title, list.nodes));
  else if (node >= 0) panel.replaceChildren(...object(node));
  else panel.replaceChildren(...overview());
}

function listed(title: string, nodes: ArrayLike<number>): HTMLElement[] {
  const rows = virtualList(nodes.length, 30, (at) => {
    const node = nodes[at];
    return h(
      "button",
      { type: "button", class: "list-row", click: () => go({ node }) },
      objectLine(node),
      h("span", { class: "size" }, bytes(heap.retained(node))),
    );
  });
  return [
    h("div", { class: "row" }, h("h2", {}, title), button("Close", () => { closeList(); go({}); }, { class: "quiet" })),
    h("p", { class: "hint" }, `${counted(nodes.length, "object")}, with what each retains`),
    rows,
  ];
}

function object(node: number): HTMLElement[] {
  const label = heap.labels.get(node);
  const full = heap.types[heap.typeOf(node)][1];
  return [
    h("div", { class: "object-head" }, h("h2", { title: full }, heap.typeName(node)), h("span", { class: "id" }, heap.id(node)), ...badges(node)),
    ...(label === undefined ? [] : [h("p", { class: "object-label" }, h("bdi", {}, label))]),
    h(
      "div",
      { class: "actions" },
      button("Graph", () => go({ view: "graph", node })),
      button("What it retains", () => go({ view: "retained", node })),
    ),
    facts(node),
    h("h3", {}, "Why it is alive"),
    pathOf(retainingPath(node)),
    ...dominatedBy(node),
    ...references("Held by", heap.inEnd(node) - heap.inStart(node), (at) => [heap.source(heap.inStart(node) + at), heap.inEdge(heap.inStart(node) + at)]),
    ...references("Holds", heap.edgeEnd(node) - heap.edgeStart(node), (at) => [heap.target(heap.edgeStart(node) + at), heap.edgeStart(node) + at]),
  ];
}

function facts(node: number): HTMLElement {
  const rows: [string, string | null][] = [
    ["Type", heap.types[heap.typeOf(node)][1]],
    ["Root", heap.roots.get(node) ?? null],
    ["Created at", heap.site(node)],
    ["Thread", heap.thread(node)],
    ["Scope", heap.scope(node) > 0 ? String(heap.scope(node)) : null],
    ["Born", `in epoch ${heap.epoch(node)}${age(heap.epoch(node))}`],
    ["Own size", `${bytes(heap.shallow(node))}${heap.heap(node) > 0 ? ` + ${bytes(heap.heap(node))} on the heap` : ""}`],
    ["Retains", `${bytes(heap.retained(node))}, ${counted(heap.retainedObjects(node), "object")}`],
    ["References", counts(node)],
    ["State", heap.state(node) || (heap.opaque(node) > 0 ? `${counted(heap.opaque(node), "value")} in it could not be traced` : null)],
    ["Panic", heap.panics.get(node) ?? null],
  ];
  const shown = rows.filter((row): row is [string, string] => row[1] !== null && row[1] !== "");
  return h("dl", { class: "facts" }, ...shown.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, h("bdi", {}, value))]));
}

function counts(node: number): string {
  const [strong, weak] = [heap.strong(node), heap.weak(node)];
  if (strong === null) return `${heap.pointer(node)}, not counted`;
  const outside = heap.external(node);
  const parts = [`${heap.pointer(node)}: ${grouped(strong)} strong`];
  if (outside > 0) parts.push(`${grouped(outside)} of them from outside`);
  if (weak) parts.push(`${grouped(weak)} weak`);
  return parts.join(", ");
}

/** Returns when an epoch was, as far as that is known: `, up to 12 s ago`. */
function age(epoch: number): string {
  const begun = heap.summary.epochs.filter((row) => row[0] <= epoch).at(-1);
  if (!begun || begun[1] === 0) return "";
  const seconds = begun[1];
  const text = seconds < 120 ? `${seconds} s` : seconds < 7200 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds / 3600)} h`;
  return `, up to ${text} ago`;
}

function pathOf({ why, steps }: RetainingPath): HTMLElement {
  const start = {
    root: "A root owns it",
    outside: "Held from outside: by the stack, a static, or code that could not be traced",
    leaked: "Kept alive by a leaked cycle",
    unknown: "No strong reference from outside was found",
  }[why];
  const rows: (HTMLElement | null)[] = steps.map(({ node, edge }, at) =>
    h(
      "li",
      {},
      edge >= 0 && h("span", { class: "via" }, heap.declared(edge)),
      h("button", { type: "button", class: "link", "aria-current": at === steps.length - 1 ? "true" : null, click: () => go({ node }) }, objectLine(node)),
    ),
  );
  if (rows.length > 2 * ENDS) {
    const skipped = rows.length - 2 * ENDS;
    rows.splice(ENDS, skipped, h("li", { class: "hint" }, `${grouped(skipped)} more`));
  }
  return h("ol", { class: "path" }, h("li", { class: "why" }, start), ...rows);
}

function dominatedBy(node: number): HTMLElement[] {
  const found = dominators(node);
  if (found.length === 0) return [];
  const [first] = found;
  const name = heap.isCycle(first) ? "a leaked cycle" : null;
  return [
    h("h3", {}, "Would be freed with"),
    h(
      "p",
      { class: "dominator" },
      name ?? h("button", { type: "button", class: "link", click: () => go({ node: first }) }, objectLine(first)),
      ` (retains ${bytes(heap.retained(first))})`,
    ),
  ];
}

function references(title: string, number: number, at: (row: number) => [number, number]): HTMLElement[] {
  if (number === 0) return [];
  const rows: HTMLElement[] = [];
  for (let row = 0; row < Math.min(number, LISTED); row++) {
    const [node, edge] = at(row);
    const kind = ["", "weak", "inferred"][heap.edgeKind(edge)];
    rows.push(
      h(
        "li",
        {},
        h("span", { class: "via" }, title === "Holds" ? heap.field(edge) : heap.declared(edge), kind && h("em", {}, ` ${kind}`)),
        h("button", { type: "button", class: "link", click: () => go({ node }) }, objectLine(node)),
      ),
    );
  }
  const all = () => showList(`${title}: ${grouped(number)}`, Uint32Array.from({ length: number }, (_, row) => at(row)[0]));
  return [
    h("h3", {}, title, h("span", { class: "count" }, grouped(number))),
    h("ul", { class: "references" }, ...rows),
    ...(number > LISTED ? [button(`${grouped(number - LISTED)} more`, all, { class: "more-rows" })] : []),
  ];
}

function overview(): HTMLElement[] {
  const { nodes, edges, bytes: size, coverage } = heap.summary;
  const lines = coverage.lines.map((line) => h("li", {}, line));
  return [
    h("h2", {}, "Snapshot"),
    h(
      "dl",
      { class: "facts" },
      h("dt", {}, "Objects"), h("dd", {}, grouped(nodes)),
      h("dt", {}, "References"), h("dd", {}, grouped(edges)),
      h("dt", {}, "Size"), h("dd", {}, bytes(size)),
      h("dt", {}, "Leaked"), h("dd", {}, grouped(heap.summary.leaked)),
    ),
    h("p", { class: "hint" }, "Select an object to see what it is and why it is alive."),
    ...(lines.length > 0 ? [h("h3", {}, "Not traced"), h("ul", { class: "coverage" }, ...lines)] : []),
  ];
}
