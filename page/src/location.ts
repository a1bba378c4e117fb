// What is shown, as the part of the address after `#`, so that Back and links work.
import * as heap from "./heap";

export type View = "leaks" | "graph" | "retained" | "types" | "comparison" | "report";

export interface Place {
  view: View;
  /** The selected object; -1 for none. */
  node: number;
  /** The selected kind of leak. */
  kind: number;
  /** The selected type, or -1. */
  type: number;
}

const VIEWS: View[] = ["leaks", "graph", "retained", "types", "comparison", "report"];

function first(): Place {
  const start = heap.summary.starts[0] ?? -1;
  const kind = heap.kinds.length > 0 ? 0 : -1;
  const view: View =
    start >= 0 ? "graph" : heap.summary.comparison ? "comparison" : kind >= 0 ? "leaks" : "types";
  return { view, node: start >= 0 ? start : ringStart(kind), kind, type: -1 };
}

/** Returns the first object of the ring of a kind; -1 without one. */
export function ringStart(kind: number): number {
  return heap.kinds[kind]?.rings[0]?.steps[0]?.[0] ?? -1;
}

export function current(): Place {
  const place = first();
  const parameters = new URLSearchParams(location.hash.slice(1));
  const view = parameters.get("view") as View | null;
  if (view && VIEWS.includes(view)) place.view = view;
  const number = (name: string, below: number, otherwise: number) => {
    const text = parameters.get(name);
    const value = Number(text);
    return text !== null && Number.isInteger(value) && value >= -1 && value < below ? value : otherwise;
  };
  place.node = number("node", heap.count, place.node);
  place.kind = number("kind", heap.kinds.length, place.kind);
  place.type = number("type", heap.types.length, place.type);
  return place;
}

const listeners: ((place: Place) => void)[] = [];

/** Calls `listener` whenever the place changes. */
export function onChange(listener: (place: Place) => void): void {
  listeners.push(listener);
}

/** Goes to a place: what is not given stays. */
export function go(change: Partial<Place>): void {
  const place = { ...current(), ...change };
  const hash = `#view=${place.view}&node=${place.node}&kind=${place.kind}&type=${place.type}`;
  handled = hash;
  if (hash !== location.hash) location.hash = hash;
  for (const listener of listeners) listener(place);
}

/** The address that `go` set, of which the browser reports the change later. */
let handled = "";

window.addEventListener("hashchange", () => {
  if (location.hash === handled) return;
  handled = location.hash;
  const place = current();
  for (const listener of listeners) listener(place);
});
