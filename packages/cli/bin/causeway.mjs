#!/usr/bin/env node
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { handOver } from "../../../tools/find-node.mjs";

const cli = dirname(dirname(fileURLToPath(import.meta.url)));
await handOver(join(cli, "..", ".."), join(cli, "src", "main.ts"), process.argv.slice(2));
