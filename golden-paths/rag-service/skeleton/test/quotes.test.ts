import assert from "node:assert/strict";
import { test } from "node:test";
import { findSources, findVerbatim } from "../src/quotes.ts";

const passages = [
  { title: "Leave", path: "handbook/leave.md", text: "You have 30 days\nof leave. Ask early." },
  { title: "Forms", path: "forms.md", text: 'Fill in the form "own receipt" and sign it.' },
];

test("a quote becomes the exact slice of the passage, line breaks and all", () => {
  const answer = 'The handbook says "You have 30 days of leave." [1]';
  assert.deepEqual(findSources(answer, passages), [
    { title: "Leave", path: "handbook/leave.md", quote: "You have 30 days\nof leave." },
  ]);
});

test("curly quotation marks and several quotes are understood", () => {
  const answer = "“Ask early.” [1] “You have 30 days of leave.” [1] “Ask early.” [1]";
  const quotes = findSources(answer, passages).map(({ quote }) => quote);
  assert.deepEqual(quotes, ["Ask early.", "You have 30 days\nof leave."]);
});

test("a quote may hold quotation marks itself", () => {
  const answer = '"Fill in the form "own receipt" and sign it." [2]';
  assert.equal(findSources(answer, passages)[0]?.quote, passages[1]?.text);
});

test("what is changed, invented, cited wrongly or not cited does not become a source", () => {
  for (const answer of [
    '"You have 31 days of leave." [1]',
    '"Ask early." [2]',
    '"Ask early." [7]',
    '"Ask early."',
    "Ask early. [1]",
    '"" [1]',
    '" " [1]',
  ]) {
    assert.deepEqual(findSources(answer, passages), [], answer);
  }
});

test("a quote that cuts a word in two is not word for word", () => {
  assert.equal(findVerbatim("ou have 3", "You have 30 days"), undefined);
  assert.equal(findVerbatim("have 30", "You have 30 days"), "have 30");
});

test("signs that mean something to regular expressions are only text", () => {
  const text = "Costs (net): $5.00 [VAT] a+b*c? {x} ^ | \\ /";
  assert.equal(findVerbatim(text, `Before. ${text} After.`), text);
});
