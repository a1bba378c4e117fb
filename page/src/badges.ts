// What is remarkable about an object, in a word.
import { h } from "./dom";
import * as heap from "./heap";

export const VERDICTS = { leaked: "leaked", likely: "likely leaked", possibly: "possibly leaked" } as const;

export function verdict(kind: heap.Kind): HTMLElement {
  return h("span", { class: `badge ${kind.verdict}` }, VERDICTS[kind.verdict]);
}

/** Returns the badges of an object. */
export function badges(node: number): HTMLElement[] {
  const found: HTMLElement[] = [];
  const kind = heap.kinds[heap.kindOf(node)];
  if (kind) found.push(verdict(kind));
  const root = heap.roots.get(node);
  if (root !== undefined) found.push(h("span", { class: "badge root" }, "root"));
  if (heap.isNew(node)) found.push(h("span", { class: "badge new" }, "new"));
  if (heap.state(node) || heap.opaque(node)) {
    found.push(h("span", { class: "badge quiet" }, heap.state(node) ? "not traced" : "partly traced"));
  }
  return found;
}

/** Returns the name, the id and the label of an object, in one line. */
export function objectLine(node: number): HTMLElement {
  const label = heap.labels.get(node);
  return h(
    "span",
    { class: "object-line" },
    h("span", { class: "type" }, heap.typeName(node)),
    h("span", { class: "id" }, heap.id(node)),
    label !== undefined && h("span", { class: "label" }, h("bdi", {}, label)),
  );
}
