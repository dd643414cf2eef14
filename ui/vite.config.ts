import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env.SIGHTLINE_URL ?? "http://localhost:4318";

export default defineConfig({
  plugins: [react()],
  build: { outDir: "../src/sightline/serve/static", emptyOutDir: true, target: "es2022", chunkSizeWarningLimit: 700 },
  server: { proxy: { "/api": server, "/healthz": server } },
});
