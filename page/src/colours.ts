// Colours of types: the types with the most bytes have one each, the others are grey.
import * as heap from "./heap";

const COLOURS = 10;

let known: Map<number, number> | null = null;

function ranks(): Map<number, number> {
  const sums = new Float64Array(heap.types.length);
  for (let node = 0; node < heap.count; node++) sums[heap.typeOf(node)] += heap.ownBytes(node) + 1;
  const order = [...sums.keys()].filter((type) => sums[type] > 0).sort((a, b) => sums[b] - sums[a] || a - b);
  return new Map(order.slice(0, COLOURS).map((type, rank) => [type, rank]));
}

/** Returns the class of the colour of a type. */
export const colourOf = (type: number) => `hue-${(known ??= ranks()).get(type) ?? "none"}`;
