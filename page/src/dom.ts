// Elements and texts. Names reach the page only as text, never as markup.

type Child = Node | string | number | null | undefined | false;
type Attributes = Record<string, string | number | boolean | EventListener | null | undefined>;

function fill<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : String(child));
    }
  }
  return element;
}

/** Makes an element of HTML; an attribute that is a function listens to the event of its name. */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(name), attributes, children);
}

/** Makes an element of SVG. */
export function s<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

export function button(text: string, press: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return h("button", { type: "button", click: press as EventListener, ...attributes }, text);
}

const grouping = new Intl.NumberFormat("en");

/** Returns `38,016`. */
export const grouped = (number: number) => grouping.format(number);

/** Returns a text of the program with groups of digits in its large numbers. */
export const digits = (text: string) => text.replaceAll(/\d{5,}/g, (number) => grouped(Number(number)));

/** Returns `1 object` or `38,016 objects`. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`;
}

/** Returns `168 B` or `1.2 MiB`. */
export function bytes(number: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let value = Math.abs(number);
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const sign = number < 0 ? "−" : "";
  return `${sign}${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

export function signed(number: number, show: (number: number) => string = grouped): string {
  return number > 0 ? `+${show(number)}` : number < 0 ? `−${show(-number)}` : "0";
}

/** Returns the text, cut in the middle if it is longer than `limit`. */
export function cut(text: string, limit: number): string {
  const letters = [...text];
  if (letters.length <= limit) return text;
  const head = Math.ceil((limit - 1) * 0.6);
  return `${letters.slice(0, head).join("")}…${letters.slice(letters.length - (limit - 1 - head)).join("")}`;
}

const canvas = document.createElement("canvas").getContext("2d");

/** Returns the width of a text in pixels. */
export function width(text: string, font: string): number {
  if (!canvas) return text.length * 7;
  canvas.font = font;
  return canvas.measureText(text).width;
}

/** Returns the text, cut in the middle so that it is at most `limit` pixels wide. */
export function fitted(text: string, limit: number, font: string): string {
  if (width(text, font) <= limit) return text;
  let [low, high] = [1, text.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (width(cut(text, middle), font) <= limit) low = middle;
    else high = middle - 1;
  }
  return cut(text, low);
}

/** Makes a list of rows of one height, which has elements only for those in sight. */
export function virtualList(length: number, height: number, row: (at: number) => HTMLElement): HTMLElement {
  const inner = h("div", { class: "virtual-inner" });
  inner.style.height = `${length * height}px`;
  const outer = h("div", { class: "virtual", tabindex: -1 }, inner);
  let shown = "";
  const draw = () => {
    const first = Math.max(0, Math.floor(outer.scrollTop / height) - 4);
    const last = Math.min(length, Math.ceil((outer.scrollTop + outer.clientHeight) / height) + 4);
    if (shown === `${first} ${last}`) return;
    shown = `${first} ${last}`;
    const rows: HTMLElement[] = [];
    for (let at = first; at < last; at++) {
      const element = row(at);
      element.style.transform = `translateY(${at * height}px)`;
      element.style.height = `${height}px`;
      rows.push(element);
    }
    inner.replaceChildren(...rows);
  };
  outer.addEventListener("scroll", draw);
  new ResizeObserver(draw).observe(outer);
  return outer;
}
