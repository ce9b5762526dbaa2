import { z } from "zod";

/** What we read of `deno info --json` (version 1). */
export const moduleGraph = z.looseObject({
  version: z.literal(1),
  modules: z.array(
    z.looseObject({
      specifier: z.string(),
      kind: z.string().optional(),
      local: z.string().nullish(),
      error: z.string().optional(),
      dependencies: z
        .array(
          z.looseObject({
            specifier: z.string(),
            code: z
              .looseObject({ specifier: z.string().optional(), error: z.string().optional() })
              .optional(),
            type: z
              .looseObject({ specifier: z.string().optional(), error: z.string().optional() })
              .optional(),
            isDynamic: z.boolean().optional(),
          }),
        )
        .default([]),
    }),
  ),
});
export type ModuleGraph = z.infer<typeof moduleGraph>;

/** One thing that a file of the service asks for. */
export type Import = {
  /** The asking file; undefined for the entry itself. */
  readonly from: string | undefined;
  /** As the file spells it. */
  readonly specifier: string;
  readonly target: string;
};

/** Every import of any kind (code, JSON, text, types, literal `import()`), with its target as a URL. A target without a
 *  node of its own counts too: the graph shows some of them only at the importing module. */
function listImports(graph: ModuleGraph): Import[] {
  const asked = new Set<string>();
  const imports: Import[] = [];
  for (const module of graph.modules) {
    for (const { specifier, code, type } of module.dependencies) {
      for (const target of [code?.specifier, type?.specifier]) {
        if (target === undefined) continue;
        asked.add(target);
        imports.push({ from: module.specifier, specifier, target });
      }
    }
  }
  const unasked = graph.modules.filter((module) => !asked.has(module.specifier));
  return [
    ...unasked.map(({ specifier }) => ({ from: undefined, specifier, target: specifier })),
    ...imports,
  ];
}

export type Finding = {
  readonly from: string | undefined;
  readonly specifier: string;
  readonly reason: string;
};

/** `realPathOf` answers for `file:` URLs: the path without symbolic links, undefined when there is no such file. */
export type ResolveFile = (url: string) => string | undefined;

/** What must not be there: a file outside `folder` (by its real path: a symbolic link inside passes a prefix check), a
 *  module from elsewhere, one that does not exist. Deno would read the first without any right to read. */
export function judgeImports(
  graph: ModuleGraph,
  folder: string,
  realPathOf: ResolveFile,
): Finding[] {
  const findings = listImports(graph).flatMap(({ from, specifier, target }) => {
    const reason = judgeTarget(target, folder, realPathOf);
    return reason === undefined ? [] : [{ from, specifier, reason }];
  });
  const unresolved = graph.modules.flatMap((module) =>
    module.dependencies.flatMap(({ specifier, code }) =>
      code?.error ? [{ from: module.specifier, specifier, reason: code.error }] : [],
    ),
  );
  const broken = graph.modules.flatMap(({ specifier, error }) =>
    error && !findings.some((finding) => finding.specifier === specifier)
      ? [{ from: undefined, specifier, reason: error }]
      : [],
  );
  return [...findings, ...unresolved, ...broken];
}

function judgeTarget(target: string, folder: string, realPathOf: ResolveFile): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(target)?.[1]?.toLowerCase() ?? "";
  switch (scheme) {
    case "node":
    case "data":
    case "blob":
      // Built in, or the text of the importing file itself.
      return undefined;
    case "file":
      return judgeFile(realPathOf(target), folder);
    case "npm":
    case "jsr":
      return "a package registry cannot be reached at run time; bring the package along in node_modules";
    default:
      return "a module from the network is never loaded";
  }
}

function judgeFile(real: string | undefined, folder: string): string | undefined {
  if (real === undefined) return "there is no such file";
  const isInside = real === folder || real.startsWith(`${folder}/`);
  return isInside ? undefined : `is ${real}, outside the service's folder`;
}
