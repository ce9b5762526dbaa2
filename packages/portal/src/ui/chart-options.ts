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
  readonly faint: string;
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
    faint: resolve("border-strong"),
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
};

export function chartOptions({
  width,
  series,
  palette,
  format,
  formatTime,
}: ChartSetup): uPlot.Options {
  const axis = { stroke: palette.text, font: palette.font, ticks: { stroke: palette.grid } };
  const bars = uPlot.paths.bars?.({ size: [0.7, 40], radius: 0.12 });
  return {
    width,
    height: 220,
    padding: [8, 8, 0, 0],
    cursor: { points: { show: false }, drag: { x: false, y: false } },
    scales: { y: { range: (_plot, _min, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [
      { ...axis, grid: { show: false } },
      {
        ...axis,
        grid: { stroke: palette.grid, width: 1 },
        size: 76,
        values: (_plot, values) => values.map(format),
      },
    ],
    series: [
      { label: "Time", value: (_plot, at) => (at === null ? "" : formatTime(at * 1_000)) },
      ...series.map((each) => ({
        label: each.name,
        stroke: each.look === "solid" ? palette.accent : palette.faint,
        fill: each.look === "solid" ? palette.accent : palette.faint,
        width: 1,
        points: { show: false },
        value: (_plot: uPlot, value: number | null) => (value === null ? "no data" : format(value)),
        ...(bars ? { paths: bars } : {}),
      })),
    ],
  };
}
