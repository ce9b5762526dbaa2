// `npm run bench -- <name>…`: runs `<name>.bench.ts`, prints its table and writes `results/<name>.json`.
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { availableParallelism, cpus, totalmem } from "node:os";
import type { Bench, Row } from "./measure.ts";

const folder = new URL("./", import.meta.url);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const known = (await readdir(folder))
  .filter((file) => file.endsWith(".bench.ts"))
  .map((file) => file.slice(0, -".bench.ts".length));
const names = process.argv.slice(2);
const unknown = names.filter((name) => !known.includes(name));
if (names.length === 0 || unknown.length > 0) {
  const wrong = unknown.length > 0 ? `There is no bench ${unknown.join(", ")}. ` : "";
  say(
    `${wrong}Name one or more of: ${known.join(", ")}. For example: npm run bench -- ${known[0]}`,
  );
  process.exit(2);
}

for (const name of names) {
  const { bench } = (await import(`./${name}.bench.ts`)) as { bench: Bench }; // every bench file exports it
  const rows = await bench(say);
  const machine = `${cpus()[0]?.model ?? "unknown processor"}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${process.arch}, Node ${process.version}`;
  const result = { name, date: new Date().toISOString(), machine, rows };
  await mkdir(new URL("results/", folder), { recursive: true });
  await writeFile(new URL(`results/${name}.json`, folder), `${JSON.stringify(result, null, 2)}\n`);
  say(`\n${name}, ${machine}\n${toTable(rows)}`);
}

function toTable(rows: readonly Row[]): string {
  const head = ["lane", "target", "metric", "median", "p25", "p75", "unit", "rounds"];
  const lines = rows.map((row) => [
    row.lane,
    row.target,
    row.metric,
    String(row.median),
    String(row.p25),
    String(row.p75),
    row.unit,
    String(row.rounds),
  ]);
  const widths = head.map((_, column) =>
    Math.max(...[head, ...lines].map((line) => (line[column] ?? "").length)),
  );
  return [head, ...lines]
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
