import * as fc from "fast-check";
import { expect, test } from "vitest";
import { defaultDirectives, readDirectives } from "./directives.ts";
import { extractAnswer } from "./extract.ts";
import { readTask } from "./passages.ts";
import { listSentences } from "./sentences.ts";

const nothing = "NOTHING";
const directives = { ...defaultDirectives, nothingAnswer: nothing };
const passages = `Passages:

[1] Coffee machine (kitchen/coffee.md)
# Coffee machine
The machine is cleaned every Friday at 16:00. Beans are ordered by the kitchen team, e.g. from the
local roaster, when fewer than 3 kilograms are left.

- Milk stands in the left fridge.
- Descaling takes 40 minutes.

[2] Bicycles (garage/bicycles.md)
Bicycles stand in the garage. A lock may be borrowed at the reception for seven days.

| tool | place |
|---|---|
| pump | cabinet 4 |
`;

function ask(question: string, more = {}) {
  const turns = [{ role: "user", text: `${passages}\nQuestion: ${question}` }];
  return extractAnswer(readTask(turns), { ...directives, ...more });
}

test.each([
  ["When is the coffee machine cleaned?", "“The machine is cleaned every Friday at 16:00.” [1]"],
  ["How long does descaling take?", "“Descaling takes 40 minutes.” [1]"],
  [
    "For how many days can I borrow a lock?",
    "“A lock may be borrowed at the reception for seven days.” [2]",
  ],
  ["Where do bicycles stand?", "“Bicycles stand in the garage.” [2]"],
])("quotes the sentence that answers: %s", (question, answer) => {
  expect(ask(question, { maxSentences: 1 })).toBe(answer);
});

test("a quote over two lines keeps the line break of its source", () => {
  expect(ask("Who orders the beans from the roaster?", { maxSentences: 1 })).toBe(
    "“Beans are ordered by the kitchen team, e.g. from the\nlocal roaster, when fewer than 3 kilograms are left.” [1]",
  );
});

test.each(["What is the salary of a gardener?", "Which airline flies to Oslo?", "", "???"])(
  "says that nothing fits: %s",
  (question) => {
    expect(ask(question)).toBe(nothing);
  },
);

test("without passages nothing fits", () => {
  expect(extractAnswer(readTask([{ role: "user", text: "Hello there" }]), directives)).toBe(
    nothing,
  );
});

test("without numbers, all that was said before the question is passage 1", () => {
  const text = "Context: The gate closes at nine.\n\nQuestion: When does the gate close?";
  expect(extractAnswer(readTask([{ role: "user", text }]), directives)).toBe(
    "“The gate closes at nine.” [1]",
  );
});

test.each([
  ["Use at most 2 sentences.", { maxSentences: 2 }],
  ["Max sentences: 5", { maxSentences: 5 }],
  ["Quote at most 1 sentence. Cite as (n).", { maxSentences: 1, citation: "parentheses" }],
  ["Do not cite.", { citation: "none" }],
  ['If nothing fits, answer exactly: "I do not know."', { nothingAnswer: "I do not know." }],
  ["Be brief and friendly.", {}],
])("obeys: %s", (system, expected) => {
  expect(readDirectives(system)).toEqual({ ...defaultDirectives, ...expected });
});

test("every quote stands word for word in the passage that it cites", () => {
  const words = fc.array(
    fc.constantFrom("alpha", "beta.", "Gamma", "- delta", "\n", "e.g.", "5 %", "# Head\n", "?"),
    {
      maxLength: 60,
    },
  );
  fc.assert(
    fc.property(words, fc.constantFrom("alpha", "beta gamma", "delta 5"), (parts, question) => {
      const text = parts.join(" ");
      const answer = extractAnswer(
        { question, passages: [{ number: 7, title: "", text }] },
        directives,
      );
      if (answer === nothing) return;
      const quotes = [...answer.matchAll(/“([^”]*)” \[7\]/g)];
      expect(quotes.length).toBeGreaterThan(0);
      for (const quote of quotes) expect(text).toContain(quote[1]);
    }),
  );
});

test("cuts Markdown into what can be quoted", () => {
  const text =
    "# Title\nOne, e.g. this. Two has\ntwo lines! (Three.)\n\n1. first item\n> quoted\n\n---\n";
  expect(listSentences(text)).toEqual([
    { text: "One, e.g. this.", heading: "Title" },
    { text: "Two has\ntwo lines!", heading: "Title" },
    { text: "(Three.)", heading: "Title" },
    { text: "first item", heading: "Title" },
    { text: "quoted", heading: "Title" },
  ]);
});
