// Search by type, id, label and creation site.
import { objectLine } from "./badges";
import { showList } from "./details";
import { grouped, h } from "./dom";
import * as heap from "./heap";
import { go } from "./location";
import { objects, showObjectsOfType } from "./tables";

/** Maximum number of results of each kind that are listed. */
const LISTED = 6;

interface Result {
  element: HTMLElement;
  open: () => void;
}

const input = h("input", {
  type: "search",
  class: "search-input",
  placeholder: "Search types, ids, labels, sites",
  "aria-label": "Search",
  autocomplete: "off",
  spellcheck: "false",
});
const results = h("div", { class: "results", hidden: true });
let found: Result[] = [];
let chosen = 0;

export function search(): HTMLElement {
  input.addEventListener("input", update);
  input.addEventListener("focus", update);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
      event.preventDefault();
    } else if (event.key === "Enter") {
      open(found[chosen]);
    } else if (event.key === "Escape") {
      close();
      input.blur();
    }
    event.stopPropagation();
  });
  document.addEventListener("pointerdown", (event) => {
    if (event.target instanceof Node && !root.contains(event.target)) close();
  });
  return root;
}

const root = h("div", { class: "search", role: "search" }, input, h("kbd", {}, "/"), results);

export function focusSearch(): void {
  input.focus();
  input.select();
}

function close(): void {
  results.hidden = true;
}

function open(result: Result | undefined): void {
  if (!result) return;
  close();
  input.blur();
  result.open();
}

function choose(at: number): void {
  if (found.length === 0) return;
  chosen = (at + found.length) % found.length;
  found.forEach(({ element }, number) => element.setAttribute("aria-selected", String(number === chosen)));
  found[chosen].element.scrollIntoView({ block: "nearest" });
}

function update(): void {
  const query = input.value.trim().toLowerCase();
  found = [];
  const sections: HTMLElement[] = [];
  if (query) {
    sections.push(...section("Object", byId(query), null));
    sections.push(...byName("Types", query, heap.types.map((type) => type[0]), heap.types.map((type) => type[1]), showObjectsOfType));
    sections.push(...byLabel(query));
    sections.push(
      ...byName("Creation sites", query, heap.sites, heap.sites, (site) => showList(heap.sites[site], objects((node) => heap.siteOf(node) === site + 1))),
    );
    if (sections.length === 0) sections.push(h("p", { class: "hint" }, "Nothing has this type, id, label or site."));
  }
  results.replaceChildren(...sections);
  results.hidden = sections.length === 0;
  choose(0);
}

function byId(query: string): Result[] {
  const node = heap.find(query);
  return node < 0 ? [] : [result(objectLine(node), "", () => go({ node, view: "graph" }))];
}

function byName(title: string, query: string, names: string[], full: string[], open: (at: number) => void): HTMLElement[] {
  const matching: number[] = [];
  names.forEach((name, at) => {
    if (name.toLowerCase().includes(query) || full[at].toLowerCase().includes(query)) matching.push(at);
  });
  // Names that begin with the text come first, then short ones.
  const rank = (at: number) => (names[at].toLowerCase().startsWith(query) ? 0 : 1) * 10_000 + names[at].length;
  matching.sort((a, b) => rank(a) - rank(b) || a - b);
  const rows = matching.slice(0, LISTED).map((at) => result(h("bdi", {}, names[at]), "", () => open(at)));
  return section(title, rows, matching.length > LISTED ? `${grouped(matching.length - LISTED)} more: type more of the name` : null);
}

function byLabel(query: string): HTMLElement[] {
  const nodes: number[] = [];
  for (const [node, label] of heap.labels) if (label.toLowerCase().includes(query)) nodes.push(node);
  const rows = nodes.slice(0, LISTED).map((node) => result(objectLine(node), "", () => go({ node, view: "graph" })));
  if (nodes.length > LISTED) {
    rows.push(result(h("span", { class: "hint" }, `all ${grouped(nodes.length)}`), "", () => showList(`Labels with “${query}”`, nodes)));
  }
  return section("Labels", rows, null);
}

function result(text: HTMLElement, note: string, press: () => void): Result {
  const element = h("button", { type: "button", class: "result", role: "option", tabindex: -1 }, text, note);
  const made = { element, open: press };
  element.addEventListener("click", () => open(made));
  return made;
}

function section(title: string, rows: Result[], more: string | null): HTMLElement[] {
  if (rows.length === 0) return [];
  found.push(...rows);
  return [h("section", {}, h("h3", {}, title), ...rows.map((row) => row.element), more !== null && h("p", { class: "hint" }, more))];
}
