import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decideGrant } from "../decide-grant.ts";
import { createBudgetBook, freeOf, type Account } from "./budget-book.ts";

const window = {
  budgetId: "budget:default/b",
  windowStart: "2026-01-01T00:00:00.000Z",
  resetsAt: "2026-01-02T00:00:00.000Z",
};

/** Gateways and a control plane in miniature: the real arithmetic of both, with a list for the database. */
function createWorld(cap: number, gateways: number) {
  const granted = Array.from({ length: gateways }, () => 0);
  const ledger = Array.from({ length: gateways }, () => 0);
  const makeBook = () => {
    const book = createBudgetBook();
    return { book, account: book.open(window) };
  };
  const members = Array.from({ length: gateways }, makeBook);
  const member = (index: number) => {
    const found = members[index];
    if (!found) throw new Error("no such gateway");
    return found;
  };
  const ask = (index: number, needed: number): void => {
    granted[index] = decideGrant({
      capMicroUsd: cap,
      heldByAllMicroUsd: granted.reduce((sum, held) => sum + held, 0),
      heldByThisMicroUsd: granted[index] ?? 0,
      neededMicroUsd: needed,
    });
    member(index).book.applyGrant(
      member(index).account,
      {
        ...window,
        capMicroUsd: cap,
        grantedMicroUsd: granted[index] ?? 0,
        settledMicroUsd: ledger[index] ?? 0,
        settledByAllMicroUsd: ledger.reduce((sum, spent) => sum + spent, 0),
      },
      needed,
    );
  };
  return {
    granted,
    member,
    /** True: held. */
    reserve: (index: number, amount: number): boolean => {
      const { book, account } = member(index);
      if (book.tryReserve(account, amount, cap)) return true;
      if (account.exhaustedAtCap === undefined)
        ask(index, account.spent + account.reserved + amount);
      return book.tryReserve(account, amount, cap);
    },
    settle: (index: number, reserved: number, actual: number): void => {
      member(index).book.settle(member(index).account, reserved, actual);
      ledger[index] = (ledger[index] ?? 0) + actual;
    },
    loseMemory: (index: number): void => {
      members[index] = makeBook();
    },
    spent: () => ledger.reduce((sum, amount) => sum + amount, 0),
  };
}

const step = fc.record({
  gateway: fc.nat(2),
  what: fc.constantFrom("call" as const, "call" as const, "settle" as const, "forget" as const),
  amount: fc.integer({ min: 1, max: 400 }),
  share: fc.integer({ min: 0, max: 100 }),
});

test("whatever gateways do, grants and spend stay within the cap", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 5_000 }),
      fc.array(step, { maxLength: 200 }),
      (cap, steps) => {
        const world = createWorld(cap, 3);
        const open: { gateway: number; amount: number }[] = [];
        for (const { gateway, what, amount, share } of steps) {
          if (what === "call" && world.reserve(gateway, amount)) open.push({ gateway, amount });
          const call = what === "settle" ? open.shift() : undefined;
          if (call)
            world.settle(call.gateway, call.amount, Math.floor((call.amount * share) / 100));
          if (what === "forget" && open.every((other) => other.gateway !== gateway)) {
            world.loseMemory(gateway);
          }
          const held = world.granted.reduce((sum, amountHeld) => sum + amountHeld, 0);
          expect(held).toBeLessThanOrEqual(cap);
          const { account } = world.member(gateway);
          expect(account.spent + account.reserved).toBeLessThanOrEqual(
            Math.max(account.granted, account.spent),
          );
        }
        for (const call of open) world.settle(call.gateway, call.amount, call.amount);
        expect(world.spent()).toBeLessThanOrEqual(cap);
      },
    ),
  );
});

test("one gateway refuses only what the rest of the cap cannot hold", () => {
  const amounts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_000 }), amounts, (cap, calls) => {
      const world = createWorld(cap, 1);
      for (const amount of calls) {
        const isHeld = world.reserve(0, amount);
        if (isHeld) world.settle(0, amount, Math.ceil(amount / 2));
        else expect(world.spent()).toBeGreaterThan(cap - amount);
      }
    }),
  );
});

test.each([
  ["far from the cap it gets what it lacks and an eighth of the rest", [1_000, 0, 0, 200], 300],
  ["it keeps what it holds when it lacks nothing", [1_000, 500, 300, 250], 300],
  ["near the cap the extra shrinks to nothing", [1_000, 990, 100, 105], 105],
  ["it gets what is left when that is too little", [1_000, 980, 100, 200], 120],
  ["nothing comes when the cap was lowered below what is held", [500, 800, 100, 200], 100],
])("%s", (_name, [cap = 0, all = 0, own = 0, needed = 0], granted) => {
  const ask = {
    capMicroUsd: cap,
    heldByAllMicroUsd: all,
    heldByThisMicroUsd: own,
    neededMicroUsd: needed,
  };
  expect(decideGrant(ask)).toBe(granted);
});

test("a lowered cap holds at once, whatever was granted", () => {
  const account: Account = {
    ...window,
    granted: 1_000,
    spent: 300,
    reserved: 100,
    spentByAll: 300,
    exhaustedAtCap: undefined,
  };
  expect(freeOf(account, 500)).toBe(100);
});
