import { stripVTControlCharacters, styleText } from "node:util";

/** Meanings, not colours: one place decides how each looks. */
export type Style = {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly accent: (text: string) => string;
};

type Format = Parameters<typeof styleText>[0];

export function createStyle(options: { readonly colours: boolean }): Style {
  const paint = (format: Format) => (text: string) =>
    options.colours ? styleText(format, text, { validateStream: false }) : text;
  return {
    bold: paint("bold"),
    dim: paint("dim"),
    good: paint("green"),
    bad: paint("red"),
    warn: paint("yellow"),
    accent: paint("cyan"),
  };
}

export const plainStyle: Style = createStyle({ colours: false });

/** Columns that a text takes on a screen; our own texts hold no wide characters. */
export function widthOf(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length;
}

/** Cut to a screen's width with an ellipsis; colour codes take no room and are closed again. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let seen = 0;
  let out = "";
  // Codes stay whole, characters are counted one by one.
  // oxlint-disable-next-line no-control-regex -- the escape character is what colour codes begin with
  for (const part of text.split(/(\u001B\[[0-9;]*m)/)) {
    if (part.startsWith("\u001B[")) {
      out += part;
      continue;
    }
    for (const character of part) {
      if (seen < width - 1) out += character;
      seen += 1;
    }
  }
  return out.includes("\u001B[") ? `${out}…\u001B[0m` : `${out}…`;
}

export function padTo(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/** Word wrap for running text. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/).filter((word) => word !== "")) {
    if (line !== "" && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return line === "" ? lines : [...lines, line];
}
