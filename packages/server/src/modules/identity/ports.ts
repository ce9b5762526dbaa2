/** What identity asks about people and groups; the catalog answers. */
export type Directory = {
  describe(
    ref: string,
  ): Promise<{ readonly displayName: string; readonly groups: readonly string[] } | undefined>;
};
