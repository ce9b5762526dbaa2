import type { RunView } from "@causeway/contract";
import { z } from "zod";

type KeyInput = {
  readonly name: string;
  readonly principal: string;
  readonly owner: string;
  readonly budget?: string | undefined;
  readonly routes?: readonly string[] | undefined;
  readonly vectorStores: readonly string[];
};

/** A plan of the one action that makes keys (I1). */
export function keyPlan(key: KeyInput) {
  return {
    title: `Make the key ${key.name} for ${key.principal}`,
    steps: [
      {
        id: "key",
        action: "gateway-key:create",
        input: {
          name: key.name,
          principal: key.principal,
          owner: key.owner,
          budget: key.budget ?? null,
          routes: key.routes === undefined ? "*" : [...key.routes],
          vectorStores: [...key.vectorStores],
          prompts: "*",
        },
      },
    ],
  };
}

/** The id that the key's step answered. */
export function keyIdOf(run: RunView): string {
  return z.looseObject({ keyId: z.string() }).parse(run.steps[0]?.output).keyId;
}
