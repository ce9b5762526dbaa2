import type { AnyAction } from "@causeway/contract";
import type { TemplateFilter } from "nunjitsu";
import type { Clock } from "#platform/clock";
import type { Log } from "#platform/log";
import type { Routes } from "../../http/app.ts";
import { debugLog } from "./actions/debug-log.ts";
import { fetchTemplate } from "./actions/fetch-template.ts";
import { publishGit } from "./actions/publish-git.ts";
import { readRepositoryFile, type ReadSourceOptions } from "./client.ts";
import type { CatalogPort, RunsPort } from "./ports.ts";
import { goldenPathRoutes } from "./routes.ts";
import { createService } from "./service.ts";

export type { CatalogPort, RunsPort } from "./ports.ts";
export type { ReadSourceOptions } from "./client.ts";

/** Actions exist before runs do (runs are built from them); routes need both. */
export type GoldenPathActionsDeps = {
  /** One folder a golden path: template.yaml and its files. */
  readonly templatesRoot: string;
  /** `<home>/repos` */
  readonly repositories: string;
  readonly clock: Clock;
  /** The filters that `${{ }}` knows everywhere else. */
  readonly filters: Readonly<Record<string, TemplateFilter>>;
};
export type GoldenPathsDeps = {
  readonly catalog: CatalogPort;
  readonly runs: RunsPort;
  readonly log: Log;
};

export function createGoldenPathActions(deps: GoldenPathActionsDeps): {
  readonly actions: readonly AnyAction[];
  /** The text of a file in a repository of the platform; undefined when the url is of another scheme. */
  readonly readSource: (url: string, options?: ReadSourceOptions) => Promise<string | undefined>;
} {
  return {
    actions: [fetchTemplate(deps), publishGit(deps), debugLog()],
    readSource: (url, options) => readRepositoryFile(deps.repositories, url, options),
  };
}

export function createGoldenPaths(deps: GoldenPathsDeps): { readonly routes: Routes } {
  return { routes: goldenPathRoutes(createService(deps)) };
}
