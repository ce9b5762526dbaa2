import { useState } from "react";
import { Chart } from "../../ui/Chart.tsx";
import { formatClock } from "../../ui/format.ts";
import { Section } from "../../ui/Page.tsx";
import { Segments } from "../../ui/Tabs.tsx";
import { Table, type Column } from "../../ui/Table.tsx";
import { groups } from "./samples.ts";

type Row = (typeof groups)[number];

const columns: readonly Column<Row>[] = [
  { id: "name", header: "Name", cell: (row) => row.label, sortValue: (row) => row.label },
  { id: "ref", header: "Ref", cell: (row) => row.detail },
  {
    id: "size",
    header: "Letters",
    align: "right",
    cell: (row) => row.label.length,
    sortValue: (row) => row.label.length,
  },
];

export function GalleryTable() {
  const [state, setState] = useState<"rows" | "loading" | "empty">("rows");
  return (
    <Section
      title="Table"
      isFlush
      aside={
        <Segments
          label="State"
          current={state}
          onChange={setState}
          segments={[
            { id: "rows", label: "Rows" },
            { id: "loading", label: "Loading" },
            { id: "empty", label: "Empty" },
          ]}
        />
      }
    >
      <Table
        label="Sample table"
        columns={columns}
        rows={state === "loading" ? undefined : state === "empty" ? [] : groups}
        rowKey={(row) => row.value}
        empty={<p className="p-3 text-13 text-muted">No rows.</p>}
      />
    </Section>
  );
}

const hour = 3_600_000;
const times = Array.from({ length: 12 }, (_, at) => Date.UTC(2030, 0, 1) + at * hour);

export function GalleryChart() {
  return (
    <Section title="Chart">
      <Chart
        title="When did it spend?"
        unit="US dollars per hour"
        times={times}
        series={[
          { name: "Spend", look: "solid", values: [1, 2, 0, 3, null, null, 4, 6, 2, 1, 0, 2] },
          { name: "Notional", look: "faint", values: [0, 0, 1, 1, null, null, 2, 0, 0, 3, 5, 0] },
        ]}
        format={(value) => `$${value.toFixed(2)}`}
        formatTime={formatClock}
      />
    </Section>
  );
}
