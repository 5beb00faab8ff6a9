import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin, type Rolldown } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12);
/** Identifies the shipped model: words.json contains the hash of its other files. */
const model = hashOf(readFileSync(here('models/quickdraw/words.json'), 'utf8'));

/** What only the pages beside the game need: it is fetched when they are opened, and is of no use without the server. */
function sideFiles(bundle: Rolldown.OutputBundle): Set<string> {
  const chunks = Object.values(bundle).filter((each) => each.type === 'chunk');
  const isDoor = ({ facadeModuleId }: Rolldown.OutputChunk) =>
    /client\/(Side\.svelte|(messages\/)?archive\/|class\/)/.test(facadeModuleId ?? '');
  const seen = new Set<string>();
  function follow(chunk: Rolldown.OutputChunk): void {
    if (seen.has(chunk.fileName) || isDoor(chunk)) return;
    seen.add(chunk.fileName);
    for (const css of chunk.viteMetadata?.importedCss ?? []) seen.add(css);
    const next = new Set([...chunk.imports, ...chunk.dynamicImports]);
    for (const each of chunks) if (next.has(each.fileName)) follow(each);
  }
  for (const chunk of chunks) if (chunk.isEntry) follow(chunk);
  const all = chunks.flatMap(({ fileName, viteMetadata }) => [fileName, ...(viteMetadata?.importedCss ?? [])]);
  return new Set(all.filter((name) => !seen.has(name)));
}

/** Emits the service worker, with the lists of files that it keeps. */
const serviceWorker = (): Plugin => ({
  name: 'service-worker',
  apply: 'build',
  async generateBundle(_, bundle) {
    // Relative to the worker, which lies at the root of the game's path.
    const side = sideFiles(bundle);
    const names = Object.keys(bundle).map((name) => `./${name}`);
    // Vite drops an entry that only imports: the page loads what it imports.
    const isDropped = (name: string) => {
      const file = bundle[name]!;
      return file.type === 'chunk' && file.isEntry && file.moduleIds.length === 0;
    };
    // The parts of workers come as assets: which of them the page needs without a network is said below.
    const isOfWorker = (name: string) => name.endsWith('.js') && bundle[name]!.type === 'asset';
    const shell = Object.keys(bundle)
      .filter((name) => !isDropped(name) && !isOfWorker(name))
      .filter((name) => /\.(js|css|woff2)$/.test(name) && !/-worker|vietnamese/.test(name) && !side.has(name))
      .map((name) => `./${name}`);
    const files = ['./', './old-browser.js', './icon.svg', './manifest.webmanifest', ...shell];
    // Browsers without SIMD fetch their engine when they need it.
    const engine = names.filter((name) => /guess-worker.*\.js$|simd.*\.wasm$/.test(name));
    const network = ['model.json', 'weights.bin', 'words.json'].map((name) => `./models/quickdraw/${name}?${model}`);
    const recognizer = [...network, ...engine];
    const build = hashOf([...files, ...recognizer].join());
    const list = (paths: string[]) => paths.map((path) => JSON.stringify(path)).join();
    const source = await readFile(here('client/sw.js'), 'utf8');
    this.emitFile({
      type: 'asset',
      fileName: 'sw.js',
      source: source
        .replace('/* BUILD */', build)
        .replace('/* FILES */', list(files))
        .replace('/* RECOGNIZER */', list(recognizer)),
    });
  },
});

/** On a slow machine every first start would print which plugin took how long, for the page and for each worker. */
const checks = { bundlerTimings: false };

export default defineConfig({
  root: here('client'),
  // Only the server knows the game's path (BASE_PATH): it writes it into index.html, and all else is relative.
  base: './',
  build: {
    outDir: here('dist/client'),
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions: {
      checks,
      // What the first visit needs is one file: split by what later pages share with it, it compresses worse. Only the entry
      // itself is another: nothing imports it, so it runs once under any address.
      output: {
        codeSplitting: {
          groups: [{ name: 'first', tags: ['$initial'], test: /^(?!.*client\/(main\.ts|index\.html))/ }],
        },
      },
    },
  },
  define: { __MODEL__: JSON.stringify(model) },
  plugins: [svelte(), serviceWorker()],
  // The practice worker uses top-level await, which only modules support.
  worker: { format: 'es', rolldownOptions: { checks } },
  // `npx vite` serves the page with hot reload; the game's server runs on its usual port.
  server: {
    proxy: {
      '/socket.io': { target: 'http://localhost:3000', ws: true },
      '/api': 'http://localhost:3000',
      '/models': 'http://localhost:3000',
    },
  },
});
