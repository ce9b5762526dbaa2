const victim = Number(Deno.env.get("VICTIM_PORT"));
const gatewayPort = Number(Deno.env.get("GATEWAY_PORT"));
const own = Number(Deno.env.get("PORT"));
const gateway = Deno.env.get("CAUSEWAY_GATEWAY_URL");

const read = async (response) => (await response).text();
const emitted = (emitter, event) =>
  new Promise((resolve, reject) => {
    emitter.on("error", reject);
    emitter.on(event, () => resolve(event));
  });
const worker = (body) => {
  const source = `const run = async () => { ${body} }; run().then((v) => postMessage({ v: String(v) }), (e) => postMessage({ e: e.message }));`;
  const started = new Worker(`data:text/javascript,${encodeURIComponent(source)}`, {
    type: "module",
  });
  return new Promise((resolve, reject) => {
    started.addEventListener("message", ({ data }) => {
      if ("v" in data) resolve(data.v);
      else reject(new Error(data.e));
    });
    started.addEventListener("error", (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    });
  });
};

export const attempts = {
  // What it may do.
  "may call the gateway": () =>
    read(fetch(`${gateway}/v1/models`, { method: "POST", body: "hello" })),
  "may listen on its own port": async () => {
    const server = Deno.serve(
      { port: own, hostname: "127.0.0.1", onListen() {} },
      () => new Response("mine", { status: 203 }),
    );
    const answer = await read(fetch(`http://127.0.0.1:${own}/`));
    await server.shutdown();
    return answer;
  },
  "may read what it declares": () => Deno.readTextFile(new URL("./data/own.txt", import.meta.url)),
  "may see what it declares": () => Deno.env.get("VICTIM_PORT") === String(victim),

  // Other ports of this machine, under every name.
  "fetch another port": () => read(fetch(`http://127.0.0.1:${victim}/`)),
  "fetch by alias": () => read(fetch(`http://localhost:${victim}/`)),
  "fetch itself by alias": () => read(fetch(`http://localhost:${own}/`)),
  "fetch by decimal address": () => read(fetch(`http://2130706433:${victim}/`)),
  "fetch by short address": () => read(fetch(`http://127.1:${victim}/`)),
  "fetch by mapped address": () => read(fetch(`http://[::ffff:127.0.0.1]:${victim}/`)),
  "fetch by IPv6": () => read(fetch(`http://[::1]:${victim}/`)),
  "fetch by any address": () => read(fetch(`http://0.0.0.0:${victim}/`)),
  "fetch the gateway by address": () => read(fetch(`http://127.0.0.1:${gatewayPort}/v1/models`)),
  "fetch the gateway's name on another port": () => read(fetch(`${gateway}:${victim}/`)),
  "fetch another host": () => read(fetch("http://example.com/")),
  "fetch another host securely": () => read(fetch("https://example.com/")),
  "follow a redirect": () => read(fetch(`${gateway}/redirect`)),
  "post a form after a redirect": () =>
    read(fetch(`${gateway}/redirect`, { method: "POST", body: "x" })),
  "open a web socket": () => emittedBySocket(new WebSocket(`ws://127.0.0.1:${victim}/`)),
  "open a server-sent event stream": () =>
    new Promise((resolve, reject) => {
      const source = new EventSource(`http://127.0.0.1:${victim}/`);
      source.addEventListener("open", resolve);
      source.addEventListener("error", (event) => reject(new Error(event.message ?? "error")));
    }),
  "connect a raw socket": async () =>
    (await Deno.connect({ hostname: "127.0.0.1", port: victim })).close(),
  "dial the gateway's name": async () =>
    (await Deno.connect({ hostname: "gateway.causeway.alt", port: 80 })).close(),
  "connect with TLS": async () =>
    (await Deno.connectTls({ hostname: "127.0.0.1", port: victim })).close(),
  "connect with node:net": async () =>
    emitted((await import("node:net")).connect(victim, "127.0.0.1"), "connect"),
  "connect with node:tls": async () =>
    emitted((await import("node:tls")).connect(victim, "127.0.0.1"), "connect"),
  "request with node:http": async () =>
    emitted((await import("node:http")).get(`http://127.0.0.1:${victim}/`), "response"),
  "request with node:http2": async () =>
    emitted((await import("node:http2")).connect(`http://127.0.0.1:${victim}`), "connect"),
  "send UDP": async () => {
    const socket = (await import("node:dgram")).createSocket("udp4");
    await new Promise((resolve, reject) => {
      socket.on("error", reject);
      socket.send("x", victim, "127.0.0.1", (error) => (error ? reject(error) : resolve()));
    });
  },
  "listen for UDP": () => Deno.listenDatagram({ transport: "udp", port: 0, hostname: "127.0.0.1" }),
  "resolve a name": () => Deno.resolveDns("secret.example.com", "A"),
  "resolve at a chosen server": () =>
    Deno.resolveDns("secret.example.com", "A", {
      nameServer: { ipAddr: "127.0.0.1", port: victim },
    }),
  "resolve with node:dns": async () =>
    (await import("node:dns/promises")).resolve4("secret.example.com"),
  "look up with node:dns": async () =>
    (await import("node:dns/promises")).lookup("secret.example.com"),

  // The way to the gateway cannot be bent.
  "choose another proxy": async () => {
    for (const name of ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "NO_PROXY"]) {
      Deno.env.set(name, `http://127.0.0.1:${victim}`);
    }
    const client = Deno.createHttpClient({});
    const answer = await read(fetch(`${gateway}/v1/models`, { client }));
    if (answer !== "victim") throw new Error("still the gateway");
    return answer;
  },
  "bring a proxy": () => {
    const client = Deno.createHttpClient({ proxy: { url: `http://127.0.0.1:${victim}` } });
    return read(fetch(`${gateway}/v1/models`, { client }));
  },
  "bring a socket as proxy": () => {
    const client = Deno.createHttpClient({
      proxy: { transport: "unix", path: "/tmp/causeway-victim.sock" },
    });
    return read(fetch(`${gateway}/v1/models`, { client }));
  },
  "ask the proxy for another host": () =>
    read(
      fetch(`${gateway}/v1/models`, { headers: { host: `127.0.0.1:${victim}`, connection: "x" } }),
    ).then((text) => {
      if (text !== "victim") throw new Error("still the gateway");
      return text;
    }),

  // Listening anywhere but on its own port.
  "listen on the gateway's port": () => Deno.listen({ hostname: "127.0.0.1", port: gatewayPort }),
  "listen under the gateway's name": () =>
    Deno.listen({ hostname: "gateway.causeway.alt", port: 80 }),
  "listen on any free port": () => Deno.listen({ hostname: "127.0.0.1", port: 0 }),
  "listen on the next port": () => Deno.listen({ hostname: "127.0.0.1", port: own + 1 }),
  "listen to the network": () => Deno.listen({ hostname: "0.0.0.0", port: own }),
  "listen on IPv6": () => Deno.listen({ hostname: "::1", port: own }),
  "listen on another loopback address": () => Deno.listen({ hostname: "127.0.0.2", port: own }),
  "listen with node:net": async () =>
    emitted((await import("node:net")).createServer().listen(0, "127.0.0.1"), "listening"),
  "listen with node:http": async () =>
    emitted(
      (await import("node:http")).createServer().listen(gatewayPort, "127.0.0.1"),
      "listening",
    ),
  "listen on a Unix socket": () =>
    Deno.listen({ transport: "unix", path: "/tmp/causeway-hostile.sock" }),
  "open the inspector": async () => {
    const inspector = await import("node:inspector");
    inspector.open(0, "127.0.0.1");
    return inspector.url();
  },

  // Files.
  "read a file of the machine": () => Deno.readTextFile("/etc/passwd"),
  "read its own environment": () => Deno.readTextFile("/proc/self/environ"),
  "read its own source": () => Deno.readTextFile(new URL(import.meta.url)),
  "read beside the declared folder": () =>
    Deno.readTextFile(new URL("./data/../main.js", import.meta.url)),
  "read with node:fs": async () =>
    (await import("node:fs/promises")).readFile("/etc/passwd", "utf8"),
  "list a folder": async () => (await Array.fromAsync(Deno.readDir("/"))).length,
  "fetch a file": () => read(fetch("file:///etc/passwd")),
  "require a file": async () =>
    (await import("node:module")).createRequire(import.meta.url)("/etc/passwd"),
  "write into the declared folder": () =>
    Deno.writeTextFile(new URL("./data/new.txt", import.meta.url), "x"),
  "write a file of the machine": () => Deno.writeTextFile("/tmp/causeway-hostile.txt", "x"),
  "make a temporary file": () => Deno.makeTempFile(),
  "open a database file": async () =>
    new (await import("node:sqlite")).DatabaseSync("/tmp/causeway-hostile.db"),
  "change the folder": () => Deno.chdir("/"),

  // Modules.
  "import a remote module": () => import(`https://jsr.io/@std/assert/1.0.0/mod.ts?stolen=${own}`),
  "import from another port": () => import(`http://127.0.0.1:${victim}/module.js`),
  "import from a registry": () => import(`npm:${"chalk"}`),
  "import a computed path outside": () => import(`file://${"/etc/passwd"}`),
  "import text outside": () => import(`file://${"/etc/passwd"}`, { with: { type: "text" } }),
  "import from a made function": () => new Function("return import('file:///etc/passwd')")(),
  "import through data": () =>
    import(
      `data:text/javascript,${"import t from 'file:///etc/passwd' with { type: 'text' }; export default t"}`
    ),

  // The process and the machine.
  "see the undeclared environment": () => {
    const seen = [
      Deno.env.get("HOME"),
      Deno.env.get("PATH"),
      Deno.env.get("HTTP_PROXY"),
      Deno.env.get("DENO_DIR"),
    ];
    const all = JSON.stringify(Deno.env.toObject());
    if (seen.some((value) => value !== undefined) || all.includes("DENO") || all.includes("PROXY"))
      return all;
    throw new Error("undefined");
  },
  "start a program": () => new Deno.Command("/bin/true").output(),
  "start itself anew": () => new Deno.Command(Deno.execPath(), { args: ["eval", "1"] }).output(),
  "start a program with node": async () =>
    emitted((await import("node:child_process")).spawn("/bin/true"), "exit"),
  "load a library": () => Deno.dlopen("libc.so.6", { getpid: { parameters: [], result: "i32" } }),
  "load a native module": async () =>
    (await import("node:process")).default.dlopen(
      { exports: {} },
      "/lib/x86_64-linux-gnu/libc.so.6",
    ),
  "end its parent": () => Deno.kill(Deno.ppid, "SIGTERM"),
  "signal with node": async () => (await import("node:process")).default.kill(Deno.ppid, 0),
  "learn the machine's name": () => Deno.hostname(),
  "learn the network": () => Deno.networkInterfaces(),
  "ask for more rights": async () => {
    for (const name of ["net", "read", "write", "run", "env", "sys", "ffi"]) {
      const { state } = await Deno.permissions.request({ name });
      if (state === "granted") return name;
    }
    throw new Error("every request was denied");
  },

  // The same from a worker.
  "fetch from a worker": () => worker(`return (await fetch("http://127.0.0.1:${victim}/")).text()`),
  "read from a worker": () => worker(`return Deno.readTextFile("/etc/passwd")`),
  "listen from a worker": () =>
    worker(`return Deno.listen({ hostname: "127.0.0.1", port: ${gatewayPort} }).addr.port`),
  "start a program from a worker": () =>
    worker(`return new Deno.Command("/bin/true").outputSync().code`),
  "load a worker from outside": () =>
    new Promise((resolve, reject) => {
      const started = new Worker("file:///etc/passwd", { type: "module" });
      started.addEventListener("message", resolve);
      started.addEventListener("error", (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      });
      setTimeout(() => resolve("it was loaded and says nothing"), 2_000);
    }),
};

function emittedBySocket(socket) {
  return new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", (event) => reject(new Error(event.message)));
  });
}
