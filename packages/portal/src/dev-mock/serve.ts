import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { answerFromMock } from "./node-adapter.ts";

// The built portal with made-up answers under a stricter policy than the control plane's, for screenshots:
//   node packages/portal/src/dev-mock/serve.ts 7601
const dist = fileURLToPath(new URL("../../dist/", import.meta.url));
const types: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
};
const policy = "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'";

const server = createServer((request, response) => {
  void answerFromMock(request, response).then((isAnswered) => {
    if (isAnswered) return;
    const asked = join(dist, (request.url ?? "/").split("?")[0] ?? "/");
    const isFile = asked.startsWith(dist) && existsSync(asked) && statSync(asked).isFile();
    const file = isFile ? asked : join(dist, "index.html");
    const type = types[extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "content-security-policy": policy });
    createReadStream(file).pipe(response);
  });
});
server.listen(Number(process.argv[2] ?? 7601), "127.0.0.1");
