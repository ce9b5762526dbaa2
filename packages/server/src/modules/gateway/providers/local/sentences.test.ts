import { expect, test } from "vitest";
import { listSentences } from "./sentences.ts";

const texts = (markdown: string) => listSentences(markdown).map(({ text }) => text);

test.each([
  ["a sentence each", "Take the bus. It is free.", ["Take the bus.", "It is free."]],
  ["no cut after an abbreviation", "Ask Dr. Who. Then go.", ["Ask Dr. Who.", "Then go."]],
  [
    "list items without their mark",
    "- First thing\n- Second thing",
    ["First thing", "Second thing"],
  ],
  ["a paragraph over two lines is one slice", "Long\nsentence.", ["Long\nsentence."]],
  ["nothing of a ruler", "Above.\n\n---\n\nBelow.", ["Above.", "Below."]],
])("quotes %s", (_name, markdown, expected) => {
  expect(texts(markdown)).toEqual(expected);
});

test("quotes the rows of a table, never its head, and keeps the head beside them", () => {
  const found = listSentences(
    "## Fees\n\n| City | Fee |\n| --- | ---: |\n| Ulm | 3 |\n\nPaid later.",
  );
  expect(found).toEqual([
    { text: "| Ulm | 3 |", heading: "Fees | City | Fee |" },
    { text: "Paid later.", heading: "Fees" },
  ]);
});

test("every quotable piece stands in the passage character for character", () => {
  const passage = "# T\n\nOne *two* three. Four!\n\n1. Five\n2. Six (seven)\n\n> Eight\n\n`nine`";
  for (const text of texts(passage)) expect(passage).toContain(text);
  expect(texts(passage).length).toBeGreaterThan(5);
});
