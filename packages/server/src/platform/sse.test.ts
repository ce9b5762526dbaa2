import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createSseParser } from "./sse-parse.ts";
import { formatEvent } from "./sse.ts";

test("whatever data is sent as an event is read back whole", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (data) => {
      const text = formatEvent({ event: "log", data, id: "7" });
      const events = createSseParser().push(new TextEncoder().encode(text));
      expect(events).toEqual([{ event: "log", data: JSON.stringify(data) }]);
    }),
    { seed: 7400 },
  );
});
