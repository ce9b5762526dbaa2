import { createServer } from "node:net";
import { request } from "undici";

/** Whether `/healthz` answers 200 within two seconds. */
export async function isAnswering(port: number, signal: AbortSignal): Promise<boolean> {
  try {
    const { statusCode, body } = await request(`http://127.0.0.1:${port}/healthz`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]),
    });
    await body.dump();
    return statusCode === 200;
  } catch {
    return false;
  }
}

/** A port that nobody listens on right now. */
export async function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ port: 0, host: "127.0.0.1" }, () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("the system gave no port"));
      });
    });
  });
}
