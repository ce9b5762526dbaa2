import type { AnyAction, SnapshotPrompt } from "@causeway/contract";
import type { Routes } from "../../http/app.ts";
import { promptPublish, type PromptActionDeps } from "./actions.ts";
import { promptRoutes } from "./routes.ts";
import { listPublished, promptChannel } from "./service.ts";

export type PromptsDeps = PromptActionDeps;

export type Prompts = {
  readonly actions: readonly AnyAction[];
  readonly routes: Routes;
  /** What the gateway serves. */
  readonly listPublished: () => Promise<readonly SnapshotPrompt[]>;
  /** Called after each publication, in any process; says only "look again". Answers how to stop. */
  readonly onChange: (listener: () => void) => () => void;
};

export function createPrompts(deps: PromptsDeps): Prompts {
  return {
    actions: [promptPublish(deps)],
    routes: promptRoutes(deps.db),
    listPublished: () => listPublished(deps.db),
    onChange: (listener) => deps.notifier.subscribe(promptChannel, () => listener()),
  };
}
