// A service that tries everything it should not be able to do, then tells how it went.
import { attempts } from "./attempts.js";
import { typed } from "./typed.ts";

const results = {};
let uncaught = () => {};
const note = (event) => {
  event.preventDefault();
  uncaught(event.error ?? event.reason);
};
globalThis.addEventListener("error", note);
globalThis.addEventListener("unhandledrejection", note);

/** Some of Node's functions throw where nobody can catch: that counts for the attempt that is under way. */
async function attempt(run) {
  const thrown = new Promise((_resolve, reject) => {
    uncaught = reject;
  });
  const late = new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error("nothing happened")), 3_000);
  });
  try {
    const value = await Promise.race([run(), thrown, late]);
    return { outcome: "allowed", detail: String(value) };
  } catch (error) {
    return { outcome: "denied", detail: `${error?.name}: ${error?.message}` };
  }
}

for (const [name, run] of Object.entries(attempts)) results[name] = await attempt(run);

const own = { port: Number(Deno.env.get("PORT")), hostname: "127.0.0.1", onListen() {} };
Deno.serve(own, (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/healthz") return new Response(`ok ${typed}`);
  return Response.json(results);
});
console.log(`my key is ${Deno.env.get("CAUSEWAY_KEY")}`);
