// The page: its head, its views, and its keys.
import { closeList, details } from "./details";
import { button, bytes, counted, grouped, h } from "./dom";
import { graph, key as graphKey } from "./graph";
import * as heap from "./heap";
import { leaks, report } from "./leaks";
import { type Place, type View, current, go, onChange } from "./location";
import { retained } from "./retained";
import { focusSearch, search } from "./search";
import { comparison, tables } from "./tables";

const TABS: [View, string][] = [
  ["leaks", "Leaks"],
  ["graph", "Graph"],
  ["retained", "Retained"],
  ["types", "Types"],
  ["comparison", "Comparison"],
  ["report", "Report"],
];

const KEYS: [string, string][] = [
  ["/", "search"],
  ["1 … 6", "the views"],
  ["T", "light or dark"],
  ["Esc", "close what is open"],
  ["← ↑ → ↓", "in the graph: select a neighbour"],
  ["Enter", "in the graph: draw more around the object"],
  ["F, +, −", "in the graph: show all, larger, smaller"],
  ["S, Delete", "in the graph: start at the object, remove it"],
];

const main = h("main", { class: "main" });
const tabs = h("nav", { class: "tabs", "aria-label": "Views" });
const help = h("dialog", { class: "help" });
let shown: Place | null = null;

function start(): void {
  const app = document.querySelector("#app");
  if (!app) return;
  if (!heap.summary) {
    app.replaceChildren(h("p", { class: "empty" }, "This page has no snapshot: objgraph writes one into it."));
    return;
  }
  setTheme(stored());
  app.replaceChildren(head(), h("div", { class: "body" }, main, details(current())), help);
  fillHelp();
  onChange(show);
  document.addEventListener("keydown", press);
  show(current());
  document.documentElement.dataset.ready = "true";
}

function head(): HTMLElement {
  const { nodes, bytes: size, leaked } = heap.summary;
  const words = [counted(nodes, "object"), bytes(size), leaked > 0 ? `${grouped(leaked)} leaked` : "nothing leaked"];
  return h(
    "header",
    { class: "head" },
    h("h1", {}, "objgraph"),
    h("p", { class: "head-summary" }, words.join(" · ")),
    search(),
    tabs,
    button("Theme", toggleTheme, { class: "icon", title: "Light or dark (T)" }),
    button("?", () => help.showModal(), { class: "icon", title: "Keys and licences (?)" }),
  );
}

function available(): [View, string][] {
  return TABS.filter(([view]) => view !== "comparison" || heap.summary.comparison !== null);
}

function show(place: Place): void {
  if (shown && (place.node !== shown.node || place.view !== shown.view)) closeList();
  const isSelection = shown?.node !== place.node || shown?.view !== place.view;
  tabs.replaceChildren(
    ...available().map(([view, text]) =>
      button(text, () => go({ view }), { class: "tab", "aria-current": view === place.view ? "page" : null }),
    ),
  );
  const isSameView = shown?.view === place.view;
  const scrolled = main.scrollTop;
  const views: Record<View, () => HTMLElement> = {
    leaks: () => leaks(place),
    graph: () => graph(place),
    retained: () => retained(place, isSelection && shown !== null && place.view === shown.view),
    types: () => tables(place),
    comparison,
    report,
  };
  const element = isSameView && (place.view === "types" || place.view === "report" || place.view === "comparison") ? null : views[place.view]();
  if (element && main.firstElementChild !== element) main.replaceChildren(element);
  main.dataset.view = place.view;
  if (isSameView) main.scrollTop = scrolled;
  details(place);
  shown = place;
}

function press(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey || target.tagName === "INPUT" || help.open) return;
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isOnControl = target.tagName === "BUTTON" && (name === "Enter" || name === " ");
  const number = Number(name);
  if (name === "/") focusSearch();
  else if (name === "t") toggleTheme();
  else if (name === "?") help.showModal();
  else if (name === "Escape") {
    if (closeList()) go({});
  } else if (number >= 1 && number <= available().length) go({ view: available()[number - 1][0] });
  else if (shown?.view !== "graph" || isOnControl || !graphKey(name)) return;
  event.preventDefault();
}

function fillHelp(): void {
  const licences = document.querySelector<HTMLTemplateElement>("#licences")?.content.textContent ?? "";
  help.append(
    h("div", { class: "row" }, h("h2", {}, "Keys"), button("Close", () => help.close(), { class: "quiet" })),
    h("dl", { class: "keys" }, ...KEYS.flatMap(([key, text]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, text)])),
    h("details", {}, h("summary", {}, "Licences of the libraries in this page"), h("pre", {}, licences)),
  );
}

function stored(): string | null {
  try {
    return localStorage.getItem("objgraph-theme");
  } catch {
    return null;
  }
}

function setTheme(theme: string | null): void {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}

function toggleTheme(): void {
  const isDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = document.documentElement.dataset.theme ?? (isDark ? "dark" : "light");
  const next = now === "dark" ? "light" : "dark";
  setTheme(next);
  try {
    localStorage.setItem("objgraph-theme", next);
  } catch {
    // Some browsers store nothing for a file.
  }
}

start();
