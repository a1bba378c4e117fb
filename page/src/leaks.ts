// What has leaked: the kinds, and for one of them what to change, its ring, and where it was created.
import { verdict, VERDICTS } from "./badges";
import { button, bytes, counted, cut, digits, grouped, h } from "./dom";
import * as heap from "./heap";
import { type Place, go, ringStart } from "./location";
import { legend, ring } from "./ring";

export function leaks(place: Place): HTMLElement {
  if (heap.kinds.length === 0) {
    return h("div", { class: "empty" }, h("h2", {}, "No leak was found"), h("pre", {}, heap.summary.report));
  }
  const kind = heap.kinds[Math.max(place.kind, 0)];
  return h(
    "div",
    { class: "leaks" },
    h("nav", { class: "kinds", "aria-label": "Kinds of leaks" }, ...heap.kinds.map((of, at) => card(of, at, of === kind))),
    h("section", { class: "kind" }, ...described(kind)),
  );
}

function card(kind: heap.Kind, at: number, isShown: boolean): HTMLElement {
  const change = kind.fix?.change.replaceAll("`", "");
  const trend = heap.summary.comparison?.kinds.find((row) => row[0] === kind.fingerprint);
  return h(
    "button",
    { type: "button", class: "card", "aria-current": isShown ? "true" : null, click: () => go({ kind: at, node: ringStart(at) }) },
    h("span", { class: "card-head" }, verdict(kind), h("span", { class: "size" }, bytes(kind.bytes))),
    h("span", { class: "card-title" }, digits(kind.title)),
    change && h("span", { class: "card-fix" }, cut(change, 60)),
    trend && h("span", { class: "card-trend" }, trend[1] === 0 ? "new since the first snapshot" : `${trend[1]} before, ${trend[2]} now`),
  );
}

function described(kind: heap.Kind): HTMLElement[] {
  const parts: HTMLElement[] = [
    h(
      "header",
      { class: "kind-head" },
      h("h2", {}, digits(kind.title)),
      h(
        "p",
        {},
        `${bytes(kind.bytes)} ${VERDICTS[kind.verdict]}`,
        kind.leaks > 1 && ` in ${counted(kind.leaks, "leak")}`,
        kind.on_cycles > 0 && kind.objects > kind.on_cycles && ` · ${counted(kind.objects - kind.on_cycles, "object hangs", "objects hang")} on ${kind.leaks > 1 ? "the cycles" : "the cycle"}`,
        kind.fingerprint && h("code", { class: "fingerprint", title: "The fingerprint of this kind of leak" }, kind.fingerprint),
      ),
    ),
  ];
  if (kind.fix) parts.push(fix(kind.fix, kind.others));
  const first = kind.rings[0];
  if (first) {
    const steps = heap.steps(first);
    parts.push(h("figure", { class: "ring-figure" }, ring(steps, first.length), h("figcaption", {}, legend(steps), about(kind))));
  }
  parts.push(createdAt(kind));
  if (kind.text) parts.push(h("details", { class: "report" }, h("summary", {}, "Report"), h("pre", {}, kind.text)));
  return parts;
}

function about(kind: heap.Kind): HTMLElement {
  const more = kind.rings.length - 1;
  const text = kind.leaks > 1 ? `The first of ${grouped(kind.leaks)}. ` : "";
  const rest = more > 0 ? `${counted(more, "more ring")} in the report. ` : "";
  return h("p", { class: "hint" }, `${text}${rest}Click an object to see what holds it; double-click to explore around it.`);
}

function fix(of: heap.Fix, others: string[]): HTMLElement {
  const change = of.change.charAt(0).toUpperCase() + of.change.slice(1);
  return h(
    "section",
    { class: "fix-card", "aria-label": "Fix" },
    h("p", { class: "fix-change" }, h("span", { class: "fix-word" }, "Fix"), ...code(change), of.is_marked && " (marked #[tracked(back)])"),
    h("p", { class: "fix-frees" }, digits(`${of.frees.charAt(0).toUpperCase()}${of.frees.slice(1)}.`)),
    of.losses && h("pre", { class: "fix-losses" }, of.losses.replaceAll(/^ {5}/gm, "")),
    others.length > 0 && h("p", { class: "fix-others" }, "Or: ", ...others.flatMap((other, at) => [at > 0 ? "; " : "", ...code(other)])),
  );
}

/** Returns a text in which names between backticks are code. */
function code(text: string): (HTMLElement | string)[] {
  return text.split("`").map((part, at) => (at % 2 === 1 ? h("code", {}, part) : part));
}

function createdAt(kind: heap.Kind): HTMLElement {
  const rows = kind.sites.map((row) =>
    h(
      "tr",
      {},
      h("td", { class: "number" }, grouped(row.objects)),
      h("td", { class: "type" }, row.type),
      h("td", { class: "site" }, row.file === null ? "not known" : `${row.file}:${row.line}:${row.column}`),
    ),
  );
  return h(
    "section",
    { class: "created" },
    h("h3", {}, "Created at"),
    h("table", {}, ...rows),
    kind.more_sites > 0 && h("p", { class: "hint" }, `${grouped(kind.more_sites)} more`),
  );
}

/** Returns the report of all findings, as the program prints it. */
export function report(): HTMLElement {
  return h(
    "div",
    { class: "whole-report" },
    h("div", { class: "row" }, h("h2", {}, "Report"), button("Copy", () => void navigator.clipboard?.writeText(heap.summary.report))),
    h("pre", { tabindex: 0 }, heap.summary.report),
  );
}
