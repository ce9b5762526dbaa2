import { expect, test } from "vitest";
import type { Json, SavedPlan } from "@causeway/contract";
import { renderOutput } from "./render-output.ts";

function render(output: { [name: string]: Json }) {
  const plan: SavedPlan = {
    title: "t",
    parameters: {},
    steps: [],
    output: output as SavedPlan["output"],
  }; // JSON
  return renderOutput(plan, {
    parameters: {},
    steps: {
      made: { output: { url: "https://example.test", ref: "component:default/x", no: false } },
    },
    user: { ref: "user:default/admin" },
    context: { task: { id: "run_1" } },
  });
}

test("links, texts and other values are rendered; items whose condition is false vanish", () => {
  expect(
    render({
      links: [
        { title: "Open", url: "${{ steps.made.output.url }}", icon: "link" },
        { title: "Entity", entityRef: "${{ steps.made.output.ref }}" },
        { if: "${{ steps.made.output.no }}", title: "Never", url: "x" },
        { title: "Nowhere", url: "${{ steps.other.output.url }}" },
      ],
      text: [{ title: "Made", content: "**${{ steps.made.output.ref }}**" }],
      whole: "${{ steps.made.output }}",
    }).output,
  ).toEqual({
    links: [
      { title: "Open", url: "https://example.test", icon: "link" },
      { title: "Entity", entityRef: "component:default/x" },
    ],
    text: [{ title: "Made", content: "**component:default/x**" }],
    values: { whole: { url: "https://example.test", ref: "component:default/x", no: false } },
  });
});

test("what cannot be rendered is left out and told", () => {
  const { output, issues } = render({ good: "1", bad: "${{ steps.made() }}" });
  expect(output.values).toEqual({ good: "1" });
  expect(issues).toMatchObject([{ path: "output.bad" }]);
});
