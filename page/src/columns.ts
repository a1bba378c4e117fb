// The data that the program wrote into the page: columns of numbers, and tables of names.

export type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Returns the rows of a table; none if the page does not have it. */
export function table<Row>(name: string): Row[] {
  const element = document.querySelector(`script[data-table="${name}"]`);
  if (!element) return [];
  const rows = JSON.parse(element.textContent ?? "[]") as Row[];
  element.remove();
  return rows;
}

/** Returns a column; `null` if the page does not have it. Its text is then dropped. */
export function column(name: string): Column | null {
  const element = document.querySelector<HTMLElement>(`script[data-column="${name}"]`);
  if (!element) return null;
  const { length, constant, kind } = element.dataset;
  const read =
    constant === undefined
      ? typed(kind ?? "u8", bytes(element.textContent ?? ""))
      : filled(Number(length), Number(constant));
  element.remove();
  return read;
}

function filled(length: number, value: number): Column {
  const kind = value <= 0xff ? Uint8Array : value <= 0xffffffff ? Uint32Array : Float64Array;
  const numbers = new kind(length);
  if (value !== 0) numbers.fill(value);
  return numbers;
}

function typed(kind: string, raw: Uint8Array): Column {
  const { buffer } = raw;
  switch (kind) {
    case "u16":
      return new Uint16Array(buffer);
    case "u32":
      return new Uint32Array(buffer);
    case "f64":
      return new Float64Array(buffer);
    default:
      return new Uint8Array(buffer);
  }
}

/** Decodes base64 into memory of its own. */
function bytes(text: string): Uint8Array<ArrayBuffer> {
  const native = (Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> })
    .fromBase64;
  if (native) return native.call(Uint8Array, text);
  const decoded = atob(text);
  const out = new Uint8Array(decoded.length);
  for (let at = 0; at < decoded.length; at++) out[at] = decoded.charCodeAt(at);
  return out;
}
