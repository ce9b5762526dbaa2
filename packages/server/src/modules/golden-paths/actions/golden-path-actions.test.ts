import { execFileSync } from "node:child_process";
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { AnyAction, ExecuteContext } from "@causeway/contract";
import { afterEach, beforeEach, expect, test } from "vitest";
import { execute, Killed, stepContext, type StepContextOptions } from "#test/step-context";
import { readRepositoryFile } from "../client.ts";
import { debugLog } from "./debug-log.ts";
import { fetchTemplate } from "./fetch-template.ts";
import { publishGit } from "./publish-git.ts";

let root: string;
let lines: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "causeway-paths-"));
  await mkdir(join(root, "workspace"));
  lines = [];
});
afterEach(() => rm(root, { recursive: true, force: true }));

const clock = { now: () => new Date("2026-03-01T10:00:00Z") };
const repositories = () => join(root, "repos");
const fetchAction = () => fetchTemplate({ templatesRoot: join(root, "paths"), filters: {} });
const publish = () => publishGit({ repositories: repositories(), clock });

function context(options: Omit<StepContextOptions, "workspace" | "log"> = {}): ExecuteContext {
  const log = (message: string) => lines.push(message);
  return stepContext({ ...options, workspace: join(root, "workspace"), log });
}

async function template(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const full = join(root, "paths/demo/skeleton", path);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, content);
  }
}

function run(action: AnyAction, input: unknown, ctx = context()) {
  return execute(action, input, ctx);
}

const url = "golden-path:demo/skeleton";
const inWorkspace = (path: string) => join(root, "workspace", path);

async function listWorkspace(): Promise<string[]> {
  const found = await readdir(join(root, "workspace"), { recursive: true });
  return found.filter((path) => !path.startsWith(".causeway-run")).toSorted();
}

test("fetch:template writes dot files, modes and links, and undo takes exactly them away", async () => {
  await template({
    ".gitignore": "dist\n",
    "bin/run.sh": "#!/bin/sh\n",
    "a.md": "${{ values.x }}",
  });
  await chmod(join(root, "paths/demo/skeleton/bin/run.sh"), 0o755);
  await symlink("a.md", join(root, "paths/demo/skeleton/link.md"));
  await writeFile(inWorkspace("mine.txt"), "mine");
  const result = await run(fetchAction(), { url, values: { x: "hello" } });
  expect(await listWorkspace()).toEqual([
    ".gitignore",
    "a.md",
    "bin",
    "bin/run.sh",
    "link.md",
    "mine.txt",
  ]);
  expect(await readFile(inWorkspace("a.md"), "utf8")).toBe("hello");
  expect(await readlink(inWorkspace("link.md"))).toBe("a.md");
  expect((await lstat(inWorkspace("bin/run.sh"))).mode & 0o777).toBe(0o755);
  await fetchAction().undo?.(result.undo, context());
  await fetchAction().undo?.(result.undo, context());
  expect(await listWorkspace()).toEqual(["mine.txt"]);
});

test("fetch:template keeps an existing file unless told to replace it, and undo brings it back", async () => {
  await template({ "a.md": "new" });
  await writeFile(inWorkspace("a.md"), "old");
  await run(fetchAction(), { url }, context({ stepId: "keep" }));
  expect(await readFile(inWorkspace("a.md"), "utf8")).toBe("old");
  const result = await run(fetchAction(), { url, replace: true });
  expect(await readFile(inWorkspace("a.md"), "utf8")).toBe("new");
  await fetchAction().undo?.(result.undo, context());
  expect(await readFile(inWorkspace("a.md"), "utf8")).toBe("old");
});

test("fetch:template killed in the middle and run again ends as if it had run once", async () => {
  await template({ "a.md": "a", "b.md": "b", "c/d.md": "d" });
  const killed = context({ killAt: "fetch:template:file-written", after: 2 });
  await expect(run(fetchAction(), { url }, killed)).rejects.toThrow(Killed);
  const result = await run(fetchAction(), { url });
  expect(result.undo).toEqual({ created: ["a.md", "b.md", "c", "c/d.md"], replaced: [] });
  expect(result.output).toMatchObject({ files: 3 });
});

test.each([
  ["a file name", { "${{ values.up }}/x": "" }, { url, values: { up: ".." } }],
  ["the target path", { a: "" }, { url, targetPath: "../x" }],
  ["an absolute target path", { a: "" }, { url, targetPath: "/tmp/x" }],
  ["a git folder", { "${{ values.g }}/config": "" }, { url, values: { g: ".git" } }],
  ["the source", { a: "" }, { url: "golden-path:demo/../../x" }],
])("fetch:template lets nothing leave the workspace by %s", async (_case, files, input) => {
  await template(files);
  await expect(run(fetchAction(), input)).rejects.toMatchObject({ code: "path_outside" });
  expect(await listWorkspace()).toEqual([]);
});

test("fetch:template refuses links that lead out, in the template and in the workspace", async () => {
  await template({ "a.md": "a" });
  await symlink("../../../secret", join(root, "paths/demo/skeleton/z-link"));
  await expect(run(fetchAction(), { url })).rejects.toMatchObject({ code: "path_outside" });
  await rm(join(root, "paths/demo/skeleton/z-link"));
  await symlink(root, inWorkspace("out"));
  await expect(
    run(fetchAction(), { url, targetPath: "out" }, context({ stepId: "two" })),
  ).rejects.toMatchObject({ code: "path_outside" });
});

test("fetch:template says which folder of which golden path is missing", async () => {
  await template({ a: "" });
  await expect(run(fetchAction(), { url: "golden-path:demo/nothing" })).rejects.toMatchObject({
    code: "template_files_missing",
  });
});

test("the preview of fetch:template shows each file's content and pins the template's state", async () => {
  await template({ "a.md": "# ${{ values.x }}", "${{ values.none }}": "left out" });
  const action = fetchAction();
  const input = action.input.parse({ url, values: { x: "hi", none: "" } });
  const preview = await action.preview(input, context());
  expect(preview.changes).toEqual([
    { verb: "create", kind: "file", ref: "a.md", detail: "4 bytes", diff: "# hi" },
  ]);
  expect(preview.resources).toEqual([
    { ref: url, version: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
  await writeFile(join(root, "paths/demo/skeleton/a.md"), "changed");
  const again = await action.preview(input, context());
  expect(again.resources).not.toEqual(preview.resources);
});

async function publishOnce(ctx = context()) {
  await writeFile(inWorkspace("catalog-info.yaml"), "kind: Component\n");
  return run(publish(), { name: "handbook", description: "Answers" }, ctx);
}

function git(...args: string[]): string {
  return execFileSync("git", ["--git-dir", join(repositories(), "handbook.git"), ...args], {
    encoding: "utf8",
  }).trim();
}

test("publish:git makes a real repository with one commit by Causeway", async () => {
  const { output } = await publishOnce();
  expect(git("log", "--format=%an <%ae> %at %s", "main")).toBe(
    "Causeway <causeway@localhost> 1772359200 Create handbook",
  );
  expect(git("ls-tree", "-r", "--name-only", "main")).toBe("catalog-info.yaml");
  expect(git("fsck", "--strict")).toBe("");
  expect(output).toEqual({
    remoteUrl: `file://${repositories()}/handbook.git`,
    repoContentsUrl: "causeway-git:handbook@main",
    commitHash: git("rev-parse", "main"),
  });
  const clone = join(root, "clone");
  execFileSync("git", ["clone", "--quiet", join(repositories(), "handbook.git"), clone]);
  expect(await readFile(join(clone, "catalog-info.yaml"), "utf8")).toBe("kind: Component\n");
});

test.each([
  "publish:git:tree-written",
  "publish:git:repository-built",
  "publish:git:repository-renamed",
])("publish:git killed at %s and run again makes one repository", async (killAt) => {
  await expect(publishOnce(context({ killAt }))).rejects.toThrow(Killed);
  const { output } = await publishOnce();
  expect(await readdir(repositories())).toEqual(["handbook.git"]);
  expect(git("rev-list", "--count", "--all")).toBe("1");
  expect(output).toMatchObject({ commitHash: git("rev-parse", "main") });
});

test("publish:git refuses a name that another run has taken, in preview and in execution", async () => {
  await publishOnce();
  const other = context({ stepId: "other" });
  const taken = { code: "name_taken", issues: [{ path: "name" }] };
  await expect(run(publish(), { name: "handbook" }, other)).rejects.toMatchObject(taken);
  await expect(
    publish().preview(publish().input.parse({ name: "handbook" }), other),
  ).rejects.toMatchObject(taken);
});

test("publish:git is undone exactly, twice, and never takes another run's repository", async () => {
  const { undo } = await publishOnce();
  await publish().undo?.({ name: "handbook", madeBy: "run_2:step:do" }, context());
  expect(await readdir(repositories())).toEqual(["handbook.git"]);
  await publish().undo?.(undo, context());
  await publish().undo?.(undo, context());
  expect(await readdir(repositories())).toEqual([]);
});

test.each(["../evil", "a/b", ".hidden", "--upload-pack=x", ""])(
  "publish:git refuses the name %j before anything happens",
  (name) => {
    expect(publish().input.safeParse({ name }).success).toBe(false);
  },
);

test("publish:git refuses an empty workspace", async () => {
  await expect(run(publish(), { name: "handbook" })).rejects.toMatchObject({
    code: "nothing_to_publish",
  });
});

test("files of a repository are read by their url, in a preview from its workspace", async () => {
  await writeFile(inWorkspace("catalog-info.yaml"), "kind: Component\n");
  const read = (url: string, workspace?: string) =>
    readRepositoryFile(repositories(), url, workspace === undefined ? {} : { workspace });
  const fileUrl = "causeway-git:handbook@main/catalog-info.yaml";
  await publish().preview(publish().input.parse({ name: "handbook" }), context());
  expect(await read(fileUrl, join(root, "workspace"))).toBe("kind: Component\n");
  await expect(read(fileUrl)).rejects.toMatchObject({ code: "source_not_found" });
  await publishOnce();
  expect(await read(fileUrl)).toBe("kind: Component\n");
  await expect(read("causeway-git:handbook@main/other")).rejects.toMatchObject({
    code: "source_not_found",
  });
  await expect(read("causeway-git:handbook@--help/x")).rejects.toMatchObject({
    code: "invalid_repository_url",
  });
  expect(await read("https://example.com/x")).toBeUndefined();
});

test("debug:log writes its message and the workspace's files to the log", async () => {
  await writeFile(inWorkspace("a.md"), "hello");
  await run(debugLog(), { message: "hi", listWorkspace: "with-contents" });
  expect(lines).toEqual(["hi", "a.md:\nhello"]);
});
