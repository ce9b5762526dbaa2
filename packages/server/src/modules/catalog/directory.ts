import type { Entity } from "@causeway/contract";
import { z } from "zod";

/** What identity asks about people and groups. */
export type CatalogDirectory = {
  describe(
    ref: string,
  ): Promise<{ readonly displayName: string; readonly groups: readonly string[] } | undefined>;
};

const profile = z.object({ displayName: z.string().optional() });

export function createDirectory(
  find: (ref: string) => Promise<Entity | undefined>,
): CatalogDirectory {
  return {
    describe: async (ref) => {
      const entity = await find(ref);
      if (!entity) return undefined;
      const said = profile.safeParse(entity.spec?.["profile"]).data?.displayName;
      const groups = (entity.relations ?? [])
        .filter((relation) => relation.type === "memberOf")
        .map((relation) => relation.targetRef);
      return { displayName: said ?? entity.metadata.title ?? entity.metadata.name, groups };
    },
  };
}
