import uPlot from "uplot";

export type ChartSeries = {
  readonly name: string;
  /** `hatched` draws lighter: notional or unknown. */
  readonly look: "solid" | "faint";
  /** `null` is a gap. */
  readonly values: readonly (number | null)[];
};

export type ChartPalette = {
  readonly text: string;
  readonly grid: string;
  readonly accent: string;
  readonly font: string;
};

/** The theme's colours as the browser resolves them: a canvas does not know CSS variables. */
export function readPalette(element: HTMLElement): ChartPalette {
  const probe = document.createElement("span");
  element.append(probe);
  const resolve = (role: string) => {
    probe.style.color = `var(--${role})`;
    return getComputedStyle(probe).color;
  };
  const palette = {
    text: resolve("muted"),
    grid: resolve("border"),
    accent: resolve("accent"),
    font: `12px ${getComputedStyle(element).fontFamily}`,
  };
  probe.remove();
  return palette;
}

type ChartSetup = {
  readonly width: number;
  readonly series: readonly ChartSeries[];
  readonly palette: ChartPalette;
  readonly format: (value: number) => string;
  readonly formatTime: (at: number) => string;
  readonly times: readonly number[];
};

export function chartOptions({
  width,
  series,
  palette,
  format,
  formatTime,
  times,
}: ChartSetup): uPlot.Options {
  const axis = { stroke: palette.text, font: palette.font, ticks: { stroke: palette.grid } };
  // Two kinds stand side by side: stacked they would look like one sum.
  const barsOf = (at: number) =>
    series.length === 1
      ? uPlot.paths.bars?.({ size: [0.7, 40], radius: 0.12 })
      : uPlot.paths.bars?.({ size: [0.35, 24], radius: 0.12, align: at === 0 ? -1 : 1 });
  const halfStep = (times[1] ?? 0) > 0 ? ((times[1] ?? 0) - (times[0] ?? 0)) / 2_000 : 1_800;
  return {
    width,
    height: 220,
    padding: [8, 8, 0, 0],
    cursor: { points: { show: false }, drag: { x: false, y: false } },
    scales: {
      // Bars stand on their time: the first and the last need half of their width beside it.
      x: { range: (_plot, min, max) => [min - halfStep, max + halfStep] },
      y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: 90,
        values: (_plot, values) => values.map((at) => formatTime(at * 1_000)),
      },
      {
        ...axis,
        grid: { stroke: palette.grid, width: 1 },
        size: 76,
        values: (_plot, values) => values.map(format),
      },
    ],
    series: [
      { label: "Time", value: (_plot, at) => (at === null ? "" : formatTime(at * 1_000)) },
      ...series.map((each, place) => ({
        label: each.name,
        stroke: palette.accent,
        fill: () => (each.look === "solid" ? palette.accent : hatch(palette.accent)),
        width: 1,
        points: { show: false },
        value: (...given: [uPlot, number | null, number, number | null]) => {
          const [, value, , at] = given;
          if (at === null) return "";
          return value === null ? "no data" : format(value);
        },
        ...pathsOf(barsOf(place)),
      })),
    ],
  };
}

const pathsOf = (paths: uPlot.Series.PathBuilder | undefined) => (paths ? { paths } : {});

/** Stripes of a colour: what is not real money looks like it. */
function hatch(colour: string): CanvasPattern | string {
  const tile = document.createElement("canvas");
  tile.width = 6;
  tile.height = 6;
  const context = tile.getContext("2d");
  if (!context) return colour;
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  for (const shift of [-6, 0, 6]) {
    context.moveTo(shift, 6);
    context.lineTo(shift + 6, 0);
  }
  context.stroke();
  return context.createPattern(tile, "repeat") ?? colour;
}
