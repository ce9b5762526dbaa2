import type { Output } from "./output.ts";
import { cutTo } from "./style.ts";

/** The lower lines of the terminal, redrawn in place; `print` writes for good above them. */
export type LiveRegion = {
  readonly print: (...lines: readonly string[]) => void;
  readonly stop: () => void;
};

const spinnerFrames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMs = 80;

const hideCursor = "\u001B[?25l";
const showCursor = "\u001B[?25h";
/** Back to the region's first line, then clear to the end of the screen. */
const erase = (lines: number) => (lines === 0 ? "" : `\u001B[${lines}A\r\u001B[J`);

/** `linesOf` is asked for the picture at every frame; it gets the spinner's present sign. */
export function startLiveRegion(
  output: Output,
  linesOf: (spinner: string) => readonly string[],
): LiveRegion {
  let drawn = 0;
  let frame = 0;
  const draw = (above: readonly string[]) => {
    const spinner = spinnerFrames[frame % spinnerFrames.length] ?? "";
    const width = output.columns();
    // What has scrolled off the screen cannot be redrawn: a low window shows the region's end.
    const region = linesOf(spinner)
      .slice(-Math.max(1, output.rows() - 2))
      .map((line) => cutTo(line, width - 1));
    output.write(erase(drawn) + [...above, ...region].map((line) => `${line}\n`).join(""));
    drawn = region.length;
  };
  output.write(hideCursor);
  draw([]);
  const timer = setInterval(() => {
    frame += 1;
    draw([]);
  }, frameMs);
  timer.unref();
  return {
    print: (...lines) => draw(lines),
    stop: () => {
      clearInterval(timer);
      output.write(erase(drawn) + showCursor);
      drawn = 0;
    },
  };
}
