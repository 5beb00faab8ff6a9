import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
/** Of the shipped network: its list of words has the hash of the rest. */
const model = hashOf(readFileSync(here('models/quickdraw/words.json'), 'utf8'));

/** Puts the service worker beside the page, with the list of the files that make its shell. */
const serviceWorker = (): Plugin => ({
  name: 'service-worker',
  apply: 'build',
  async generateBundle(_, bundle) {
    const names = Object.keys(bundle).map((name) => `/${name}`);
    const shell = names.filter((name) => /\.(js|css|woff2)$/.test(name) && !/guess-worker|vietnamese/.test(name));
    const files = ['/', '/icon.svg', '/manifest.webmanifest', ...shell];
    // Browsers without SIMD fetch their own when it comes to that.
    const engine = names.filter((name) => /guess-worker.*\.js$|simd.*\.wasm$/.test(name));
    const network = ['model.json', 'weights.bin', 'words.json'].map((name) => `/models/quickdraw/${name}?${model}`);
    const machine = [...network, ...engine];
    const build = hashOf([...files, ...machine].join());
    const list = (paths: string[]) => paths.map((path) => JSON.stringify(path)).join();
    const source = await readFile(here('client/sw.js'), 'utf8');
    this.emitFile({
      type: 'asset',
      fileName: 'sw.js',
      source: source
        .replace('/* BUILD */', build)
        .replace('/* FILES */', list(files))
        .replace('/* MACHINE */', list(machine)),
    });
  },
});

export default defineConfig({
  root: here('client'),
  build: {
    outDir: here('dist/client'),
    emptyOutDir: true,
    target: 'es2022',
    // On a slow machine every first start would print which plugin took how long.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  define: { __MODEL__: JSON.stringify(model) },
  plugins: [svelte(), serviceWorker()],
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
