import { defineConfig } from "vitest/config";

const server = "packages/server";
const postgres = [`./${server}/test/postgres-setup.ts`];
const exclude = ["**/node_modules/**", "**/dist/**", "golden-paths/**/skeleton/**"];

/** Long enough for a machine under load; no test waits by the clock. */
const patience = { testTimeout: 30_000, hookTimeout: 60_000 };

/** They start whole platforms: one after the other. */
const journeys = { testTimeout: 300_000, hookTimeout: 300_000, exclude, fileParallelism: false };

export default defineConfig({
  test: {
    passWithNoTests: true,
    reporters: ["default"],
    projects: [
      {
        test: {
          ...patience,
          name: "unit",
          include: [
            "packages/**/*.test.{ts,tsx}",
            "tools/**/*.test.ts",
            "golden-paths/*/test/**/*.test.ts",
          ],
          exclude: [...exclude, "**/*.db.test.ts", "**/*.fault.test.ts"],
        },
      },
      {
        test: {
          ...patience,
          name: "db",
          include: ["packages/**/*.db.test.ts"],
          exclude,
          globalSetup: postgres,
        },
      },
      {
        test: {
          ...patience,
          testTimeout: 120_000,
          name: "fault",
          include: ["packages/**/*.fault.test.ts", "e2e/**/*.fault.test.ts"],
          exclude,
          globalSetup: postgres,
        },
      },
      { test: { ...journeys, name: "e2e", include: ["e2e/**/*.e2e.ts"] } },
      { test: { ...journeys, name: "browser", include: ["e2e/**/*.browser.ts"] } },
    ],
  },
});
