import { expect, test } from "vitest";
import {
  checkSyntax,
  findReferences,
  isTruthy,
  renderValue,
  type ExpressionContext,
} from "./expressions.ts";
import { parseRepoUrl } from "./filters.ts";

const context: ExpressionContext = {
  parameters: {
    name: "docs",
    count: 3,
    list: ["a", "b"],
    repoUrl: "github.com?owner=acme&repo=docs",
  },
  steps: { first: { output: { ref: { id: 7 }, none: null } } },
  user: { ref: "user:default/admin" },
  context: { task: { id: "run_1" } },
};

test.each([
  ["plain text", "just {{ text }}", "just {{ text }}"],
  ["a sole interpolation keeps its type", "${{ parameters.count }}", 3],
  ["a sole list", "${{ parameters.list }}", ["a", "b"]],
  ["with other text it is text", "n=${{ parameters.count }}", "n=3"],
  ["even with a space", "${{ parameters.count }} ", "3 "],
  ["a missing path at any depth", "${{ steps.none.output.a.b }}", undefined],
  ["null stays null", "${{ steps.first.output.none }}", null],
  ["an output", "${{ steps['first'].output.ref }}", { id: 7 }],
  ["the submitter", "${{ user.ref }} ${{ context.task.id }}", "user:default/admin run_1"],
  ["a condition", "${{ 'x' if parameters.count > 2 else 'y' }}", "x"],
  ["a block", "{% if parameters.name %}yes{% endif %}", "yes"],
  ["a comment", "{# no #}", ""],
  ["a built-in filter", "${{ parameters.list | join('-') }}", "a-b"],
  ["parseRepoUrl", "${{ (parameters.repoUrl | parseRepoUrl)['owner'] }}", "acme"],
  ["projectSlug", "${{ parameters.repoUrl | projectSlug }}", "acme/docs"],
  [
    "parseEntityRef",
    "${{ 'Team' | parseEntityRef({ defaultKind: 'Group' }) | pick('kind') }}",
    "group",
  ],
  ["pick", "${{ steps.first.output | pick('ref.id') }}", 7],
])("%s", (_name, text, value) => {
  expect(renderValue(text, context, "x")).toEqual({ value, issues: [] });
});

test("undefined members are left out, undefined items become null", () => {
  const rendered = renderValue(
    { keep: "${{ parameters.name }}", drop: "${{ nope }}", list: ["${{ nope }}", 1] },
    context,
    "input",
  );
  expect(rendered.value).toEqual({ keep: "docs", list: [null, 1] });
});

test.each([
  ["an unknown filter", "${{ parameters.name | shout }}", 'Unknown template filter "shout"'],
  ["broken syntax", "${{ parameters.name ", "Unterminated variable tag"],
  ["a call of what is no function", "${{ parameters.name() }}", "cannot be called"],
  ["a filter that refuses", "${{ 'github.com?owner=a' | parseRepoUrl }}", "lacks repo"],
  ["a status function", "${{ always() }}", "not supported yet"],
])("%s is an issue at its place", (_name, text, message) => {
  const rendered = renderValue({ a: ["", text] }, context, "steps.s.input");
  expect(rendered.issues).toHaveLength(1);
  expect(rendered.issues[0]?.path).toBe("steps.s.input.a.1");
  expect(rendered.issues[0]?.message).toContain(message);
});

test("syntax is checked without values", () => {
  expect(checkSyntax({ a: "${{ x | parseRepoUrl }}", b: "${{ x" }, "output")).toMatchObject([
    { path: "output.b" },
  ]);
});

test.each([
  [[], false],
  [["x"], true],
  ["", false],
  ["false", true],
  [0, false],
  [{}, true],
  [undefined, false],
])("truth of %j", (value, truth) => {
  expect(isTruthy(value)).toBe(truth);
});

test("references name step, members and the key where they stand", () => {
  expect(
    findReferences({
      a: "${{ steps.one.output.x }} and ${{ steps['two-b'].output['y'][0] }}",
      b: { c: ["{% if steps.three %}{% endif %}", "steps.four.output outside"] },
    }),
  ).toEqual([
    { key: "a", step: "one", members: ["output", "x"] },
    { key: "a", step: "two-b", members: ["output", "y", "0"] },
    { key: "b", step: "three", members: [] },
  ]);
});

test.each([
  ["github.com?owner=/acme/&repo=docs", { owner: "acme", repo: "docs" }],
  ["gitlab.com?project=42", { project: "42" }],
  ["dev.azure.com?organization=o&project=p&repo=r", { organization: "o", project: "p" }],
])("parseRepoUrl reads %s", (text, parts) => {
  expect(parseRepoUrl(text)).toMatchObject(parts);
});
