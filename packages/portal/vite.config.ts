import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** With `CAUSEWAY_PORTAL_MOCK=1` the development server answers the API itself, from `src/dev-mock/`. */
function devMock(): Plugin {
  return {
    name: "causeway-dev-mock",
    apply: "serve",
    async configureServer(server) {
      if (process.env["CAUSEWAY_PORTAL_MOCK"] !== "1") return;
      const { answerFromMock } = await import("./src/dev-mock/node-adapter.ts");
      server.middlewares.use((request, response, next) => {
        void answerFromMock(request, response).then((isAnswered) => {
          if (!isAnswered) next();
        }, next);
      });
    },
  };
}

const controlPlane = process.env["CAUSEWAY_URL"] ?? "http://127.0.0.1:7400";

export default defineConfig({
  plugins: [react(), tailwindcss(), devMock()],
  server: {
    proxy: Object.fromEntries(
      ["/api", "/sign-in", "/services"].map((path) => [path, { target: controlPlane }]),
    ),
  },
  build: {
    // light-dark() and Map.groupBy are used as they are.
    target: ["chrome123", "firefox120", "safari17.5"],
    // The policy for scripts allows no inline ones; small files would become data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
  },
});
