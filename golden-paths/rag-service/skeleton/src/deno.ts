import { readPort, startApp } from "./start.ts";

// The few members this entry uses, so that the files type-check without Deno too.
declare const Deno: {
  env: { get(name: string): string | undefined };
  serve(
    options: { hostname: string; port: number; onListen: () => void },
    handler: (request: Request) => Promise<Response>,
  ): unknown;
};

const app = await startApp((name) => Deno.env.get(name));
const port = readPort(Deno.env.get("PORT"));
const onListen = () => console.log(JSON.stringify({ event: "listening", port }));
Deno.serve({ hostname: "127.0.0.1", port, onListen }, app);
