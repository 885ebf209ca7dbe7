/** How a cell looks. Colours are 0 to 15 of the terminal's palette, or `#rrggbb`. */
export interface Style {
  foreground?: number | string;
  background?: number | string;
  bold?: boolean;
  dim?: boolean;
  italic?: boolean;
  underline?: boolean;
  inverse?: boolean;
}

const ON: Readonly<Record<number, keyof Style>> = { 1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse" };
const OFF: Readonly<Record<number, readonly (keyof Style)[]>> = {
  22: ["bold", "dim"],
  23: ["italic"],
  24: ["underline"],
  27: ["inverse"],
  39: ["foreground"],
  49: ["background"],
};

const hex = (part: number) => Math.min(255, Math.max(0, part)).toString(16).padStart(2, "0");
const rgb = (parts: readonly number[]) => `#${parts.map(hex).join("")}`;

/** One of 256 colours: the palette, a cube of six steps, 24 greys. */
function indexed(index: number): number | string {
  if (index < 16) return index;
  if (index >= 232) return rgb(Array(3).fill(8 + (index - 232) * 10));
  const step = (value: number) => value === 0 ? 0 : 55 + value * 40;
  const at = index - 16;
  return rgb([step(Math.floor(at / 36)), step(Math.floor(at / 6) % 6), step(at % 6)]);
}

function without(style: Style, names: readonly (keyof Style)[]): Style {
  return Object.fromEntries(Object.entries(style).filter(([name]) => !names.includes(name as keyof Style)));
}

/** A style after `CSI … m`. Numbers without a meaning here change nothing. */
export function styled(style: Style, numbers: readonly number[]): Style {
  const left = [...numbers];
  while (left.length > 0) {
    const number = left.shift()!;
    const digit = number % 10;
    if (number === 0) style = {};
    else if (ON[number]) style = { ...style, [ON[number]]: true };
    else if (OFF[number]) style = without(style, OFF[number]);
    else if (number === 38 || number === 48) {
      const colour = left.shift() === 5 ? indexed(left.shift() ?? 0) : rgb(left.splice(0, 3));
      style = { ...style, [number === 38 ? "foreground" : "background"]: colour };
    } else if (number >= 30 && number <= 37) style = { ...style, foreground: digit };
    else if (number >= 40 && number <= 47) style = { ...style, background: digit };
    else if (number >= 90 && number <= 97) style = { ...style, foreground: digit + 8 };
    else if (number >= 100 && number <= 107) style = { ...style, background: number - 100 + 8 };
  }
  return style;
}
