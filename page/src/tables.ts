// What is alive, by type and by creation site; and what came and went between two snapshots.
import { colourOf } from "./colours";
import { showList } from "./details";
import { button, bytes, grouped, h, signed, virtualList } from "./dom";
import * as heap from "./heap";
import { type Place, go } from "./location";

interface Row {
  /** The number of the type, or of the site and 1. */
  key: number;
  name: string;
  objects: number;
  bytes: number;
  leaked: number;
}

type Column = "name" | "objects" | "bytes" | "leaked";

let by: "type" | "site" = "type";
let order: Column = "bytes";

export function tables(place: Place): HTMLElement {
  const root = h("div", { class: "tables" });
  const draw = () => root.replaceChildren(tools(draw), head(draw), body(place));
  draw();
  return root;
}

function tools(draw: () => void): HTMLElement {
  const choice = (value: typeof by, text: string) =>
    button(text, () => { by = value; draw(); }, { "aria-pressed": by === value ? "true" : "false" });
  return h("div", { class: "tools" }, h("span", { class: "shapes" }, choice("type", "Types"), choice("site", "Creation sites")),
    h("span", { class: "hint" }, "Click a row to list its objects."));
}

function head(draw: () => void): HTMLElement {
  const column = (name: Column, text: string) =>
    button(text, () => { order = name; draw(); }, { class: `column-${name}`, "aria-pressed": order === name ? "true" : "false" });
  return h("div", { class: "table-row table-head" },
    column("name", by === "type" ? "Type" : "Created at"), column("objects", "Objects"), column("bytes", "Own bytes"), column("leaked", "Leaked"));
}

function body(place: Place): HTMLElement {
  const rows = collected();
  rows.sort((a, b) => (order === "name" ? a.name.localeCompare(b.name) : b[order] - a[order]) || a.key - b.key);
  const most = Math.max(1, ...rows.map((row) => row.bytes));
  return virtualList(rows.length, 32, (at) => {
    const row = rows[at];
    const bar = h("span", { class: "bar" });
    bar.style.width = `${(100 * row.bytes) / most}%`;
    const isSelected = by === "type" && row.key === place.type;
    return h(
      "button",
      { type: "button", class: "table-row", "aria-current": isSelected ? "true" : null, click: () => open(row) },
      h("span", { class: "column-name" }, by === "type" && h("i", { class: `dot ${colourOf(row.key)}` }), h("bdi", {}, row.name)),
      h("span", { class: "column-objects" }, grouped(row.objects)),
      h("span", { class: "column-bytes" }, bar, bytes(row.bytes)),
      h("span", { class: "column-leaked" }, row.leaked > 0 ? grouped(row.leaked) : ""),
    );
  });
}

function collected(): Row[] {
  const names = by === "type" ? heap.types.map((type) => type[0]) : ["not known", ...heap.sites];
  const rows = names.map((name, key): Row => ({ key, name, objects: 0, bytes: 0, leaked: 0 }));
  for (let node = 0; node < heap.count; node++) {
    const row = rows[by === "type" ? heap.typeOf(node) : heap.siteOf(node)];
    row.objects++;
    row.bytes += heap.ownBytes(node);
    const kind = heap.kinds[heap.kindOf(node)];
    if (kind?.verdict === "leaked") row.leaked++;
  }
  return rows.filter((row) => row.objects > 0);
}

function open(row: Row): void {
  if (by === "type") showObjectsOfType(row.key);
  else showList(row.name, objects((node) => heap.siteOf(node) === row.key));
}

/** Lists the objects of a type. */
export function showObjectsOfType(type: number): void {
  go({ type, view: "types" });
  showList(heap.types[type][0], objects((node) => heap.typeOf(node) === type));
}

/** Returns the objects for which `isWanted` holds, those that retain most first. */
export function objects(isWanted: (node: number) => boolean): Uint32Array {
  const found: number[] = [];
  for (let node = 0; node < heap.count; node++) if (isWanted(node)) found.push(node);
  return Uint32Array.from(found).sort((a, b) => heap.retained(b) - heap.retained(a) || a - b);
}

/** Maximum number of rows of each table of a comparison. */
const COMPARED = 40;

export function comparison(): HTMLElement {
  const found = heap.summary.comparison;
  if (!found) return h("div", { class: "empty" }, h("h2", {}, "This page shows one snapshot"));
  const [before, after] = found.sides;
  const news = objects(heap.isNew);
  return h(
    "div",
    { class: "comparison" },
    h(
      "div",
      { class: "tiles" },
      tile("Objects", `${grouped(before.nodes)} → ${grouped(after.nodes)}`, signed(after.nodes - before.nodes)),
      tile("Leaked", `${grouped(before.leaked)} → ${grouped(after.leaked)}`, signed(after.leaked - before.leaked)),
      tile("New objects", grouped(news.length), "", () => showList("New objects", news)),
    ),
    ...newLeaks(found),
    section("Types that grew", found.types.filter(([, born, died]) => born > died).map(typeRow)),
    section("Types that shrank or were replaced", found.types.filter(([, born, died]) => died > 0 && born <= died).map(typeRow)),
    section("Creation sites", found.sites.map(([type, site, born, died, survived, size]) => turnover([type, site ?? "not known"], born, died, survived, size, () => {
      const wanted = heap.sites.indexOf(site ?? "") + 1;
      showList(`New ${type}`, objects((node) => heap.isNew(node) && heap.siteOf(node) === wanted && heap.typeName(node) === type));
    }))),
    section("Collections", found.containers.map(([place, from, to]) => h("tr", {}, h("td", {}, place), h("td", { class: "number" }, `${grouped(from)} → ${grouped(to)}`), change(to - from), h("td")))),
  );
}

function newLeaks(found: heap.Comparison): HTMLElement[] {
  const grown = found.kinds.filter(([, before, after]) => after > before);
  if (grown.length === 0) return [];
  const rows = grown.map(([fingerprint, before, after]) => {
    const kind = heap.kinds.findIndex((of) => of.fingerprint === fingerprint);
    const of = heap.kinds[kind];
    const name = of ? `${of.title}${of.fix ? `: ${of.fix.change.replaceAll("`", "")}` : ""}` : fingerprint;
    return h(
      "tr",
      { class: "leak-row" },
      h("td", {}, h("button", { type: "button", class: "link", click: () => go({ view: "leaks", kind }) }, name)),
      h("td", { class: "number" }, before === 0 ? h("span", { class: "badge leaked" }, "new") : `${grouped(before)} → ${grouped(after)}`),
      change(after - before),
      h("td"),
    );
  });
  return [section("New leaks", rows)];
}

function tile(name: string, value: string, note: string, press?: () => void): HTMLElement {
  const parts = [h("span", { class: "tile-name" }, name), h("span", { class: "tile-value" }, value), h("span", { class: "tile-note" }, note)];
  return press ? h("button", { type: "button", class: "tile", click: press }, ...parts) : h("div", { class: "tile" }, ...parts);
}

function typeRow([name, born, died, survived, size]: heap.Comparison["types"][number]): HTMLElement {
  const type = heap.types.findIndex((of) => of[0] === name);
  const press = () => showList(`New ${name}`, objects((node) => heap.isNew(node) && heap.typeOf(node) === type));
  return turnover([name], born, died, survived, size, press);
}

function turnover(names: string[], born: number, died: number, survived: number, size: number, press: () => void): HTMLElement {
  const [name, site] = names;
  const state = survived + died === 0 ? "new" : survived + born === 0 ? "gone" : null;
  return h(
    "tr",
    {},
    h("td", {}, h("button", { type: "button", class: "link", click: press }, name), site !== undefined && h("span", { class: "site" }, ` ${site}`), state !== null && h("span", { class: `badge ${state}` }, state)),
    h("td", { class: "number" }, `${grouped(survived + died)} → ${grouped(survived + born)}`),
    change(born - died),
    h("td", { class: "number" }, signed(size, bytes)),
  );
}

function change(by: number): HTMLElement {
  return h("td", { class: `number ${by > 0 ? "grew" : by < 0 ? "shrank" : ""}` }, signed(by));
}

function section(title: string, rows: HTMLElement[]): HTMLElement {
  if (rows.length === 0) return h("section", { hidden: true });
  const more = rows.length - COMPARED;
  return h(
    "section",
    {},
    h("h3", {}, title),
    h("table", {}, ...rows.slice(0, COMPARED)),
    more > 0 && h("p", { class: "hint" }, `${grouped(more)} more`),
  );
}
