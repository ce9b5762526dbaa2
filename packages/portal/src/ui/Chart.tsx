import { useEffect, useId, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { Segments } from "./Tabs.tsx";
import { chartOptions, readPalette, type ChartSeries } from "./chart-options.ts";

export type ChartProps = {
  /** The question it answers. */
  readonly title: string;
  readonly unit: string;
  /** Milliseconds since the epoch. */
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly format: (value: number) => string;
  /** For the table and the legend. */
  readonly formatTime: (at: number) => string;
};

/** Bars over time. The same numbers stand in a table, one press away. */
export function Chart(props: ChartProps) {
  const [view, setView] = useState<"chart" | "table">("chart");
  const id = useId();
  const theme = useThemeChange();
  return (
    <figure aria-labelledby={id} className="min-w-0">
      <figcaption className="flex items-center justify-between gap-3 pb-2">
        <span id={id} className="text-13 font-medium">
          {props.title} <span className="font-normal text-muted">({props.unit})</span>
        </span>
        <Segments
          label="View"
          current={view}
          onChange={setView}
          segments={[
            { id: "chart", label: "Chart" },
            { id: "table", label: "Table" },
          ]}
        />
      </figcaption>
      {view === "chart" ? <Plot key={theme} {...props} /> : <NumbersTable {...props} />}
    </figure>
  );
}

function Plot({ title, times, series, format, formatTime }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const data: uPlot.AlignedData = [
      times.map((at) => at / 1_000),
      ...series.map((each) => [...each.values]),
    ];
    const options = chartOptions({
      width: element.clientWidth,
      series,
      format,
      formatTime,
      times,
      palette: readPalette(element),
    });
    const plot = new uPlot(options, data, element);
    const observer = new ResizeObserver(() => {
      plot.setSize({ width: element.clientWidth, height: options.height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [times, series, format, formatTime]);
  return <div ref={host} role="img" aria-label={title} className="chart min-h-56 w-full" />;
}

/** Canvas keeps the colours it was drawn with: redraw when the theme changes. */
function useThemeChange(): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const changed = () => setVersion((before) => before + 1);
    const media = matchMedia("(prefers-color-scheme: dark)");
    const observer = new MutationObserver(changed);
    observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    media.addEventListener("change", changed);
    return () => {
      observer.disconnect();
      media.removeEventListener("change", changed);
    };
  }, []);
  return version;
}

function NumbersTable({ title, times, series, format, formatTime }: ChartProps) {
  return (
    <div className="max-h-56 overflow-y-auto">
      <table className="w-full text-13">
        <caption className="sr-only">{title}</caption>
        <thead>
          <tr className="border-b text-12 text-muted">
            <th scope="col" className="py-1 text-left font-medium">
              Time
            </th>
            {series.map((each) => (
              <th key={each.name} scope="col" className="py-1 text-right font-medium">
                {each.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((at, index) => (
            <tr key={at} className="border-b last:border-b-0">
              <td className="py-1">{formatTime(at)}</td>
              {series.map((each) => {
                const value = each.values[index] ?? null;
                return (
                  <td key={each.name} className="tabular py-1 text-right">
                    {value === null ? "no data" : format(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
