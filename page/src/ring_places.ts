// Where the objects of a ring are drawn, and the lines between them.

export const [WIDTH, HEIGHT] = [640, 330];

/** Number of objects above which a ring is drawn in two columns. */
const IN_A_ROW = 2;

/** The middle of a box, and its width. */
export interface Placed {
  x: number;
  y: number;
  width: number;
}

/** A line, with the middle of its text, or the end of it that is beside the line. */
export interface Curve {
  d: string;
  x: number;
  y: number;
  /** 0 for a text on the line, 1 for one to the right of it, -1 to the left. */
  side: -1 | 0 | 1;
  /** Maximum width of the text. */
  room: number;
}

/** Places the boxes of a ring: two beside each other, more in two columns. */
export function place(boxes: Placed[], high: number): void {
  if (boxes.length > IN_A_ROW) {
    columns(boxes, high);
    return;
  }
  boxes.forEach((box, at) => {
    box.x = boxes.length === 1 ? WIDTH / 2 : WIDTH / 2 + (at === 0 ? -215 : 215);
    box.y = boxes.length === 1 ? HEIGHT / 2 + 50 : HEIGHT / 2;
  });
}

/** Places the first half in a column on the left, downwards, and the others on the right, upwards. */
function columns(boxes: Placed[], high: number): void {
  const left = Math.ceil(boxes.length / 2);
  const column = (count: number, at: number) => {
    const room = HEIGHT - high - 16;
    return 8 + high / 2 + (count === 1 ? room / 2 : (room * at) / (count - 1));
  };
  boxes.forEach((box, at) => {
    const isLeft = at < left;
    box.x = isLeft ? 2 + 125 : WIDTH - 2 - 125;
    box.y = isLeft ? column(left, at) : column(boxes.length - left, boxes.length - 1 - at);
  });
}

/** Returns the line from a box to the next. */
export function curve(from: Placed, to: Placed, boxes: Placed[], high: number): Curve {
  if (from === to) {
    const [x, y] = [from.x, from.y - high / 2];
    const d = `M${x - 40},${y} C${x - 120},${y - 130} ${x + 120},${y - 130} ${x + 40},${y - 3}`;
    return { d, x, y: y - 106, side: 0, room: 300 };
  }
  if (boxes.length === 2) {
    const up = from.x < to.x ? -1 : 1;
    const [y1, y2] = [from.y + (up * high) / 2, to.y + (up * high) / 2 + up * 3];
    const lift = HEIGHT / 2 + up * 142;
    const d = `M${from.x},${y1} C${from.x},${lift} ${to.x},${lift} ${to.x},${y2}`;
    return { d, x: WIDTH / 2, y: HEIGHT / 2 + up * 112, side: 0, room: 300 };
  }
  return straight(from, to, high);
}

function straight(from: Placed, to: Placed, high: number): Curve {
  const side = from.x < WIDTH / 2 ? 1 : -1;
  if (from.x === to.x) {
    const down = from.y < to.y ? 1 : -1;
    const [y1, y2] = [from.y + (down * high) / 2, to.y - down * (high / 2 + 3)];
    return { d: `M${from.x},${y1} L${to.x},${y2}`, x: from.x, y: (y1 + y2) / 2, side, room: 165 };
  }
  const [x1, x2] = [from.x + (side * from.width) / 2, to.x - side * (to.width / 2 + 3)];
  return { d: `M${x1},${from.y} L${x2},${to.y}`, x: (x1 + x2) / 2, y: (from.y + to.y) / 2, side: 0, room: Math.max(80, Math.abs(x2 - x1) - 30) };
}
