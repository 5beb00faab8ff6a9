import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('client'),
  build: { outDir: here('dist/client'), emptyOutDir: true, target: 'es2022' },
  plugins: [svelte()],
  // The practice worker waits for its model at the top level, which only modules can.
  worker: { format: 'es' },
  // `vite` alone serves the page with hot reload, beside a server on its usual port.
  server: {
    proxy: {
      '/socket.io': { target: 'http://localhost:3000', ws: true },
      '/api': 'http://localhost:3000',
      '/models': 'http://localhost:3000',
    },
  },
});
