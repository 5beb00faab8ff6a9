import '@fontsource-variable/bricolage-grotesque/wdth.css';
import './style/tokens.css';
import './style/base.css';
import './style/controls.css';
import './style/components.css';
import './style/accessibility.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { createPage } from './page/page.ts';

/** After so long the page opens in English, even if the messages of another language are still on their way. */
const LANGUAGE_TIMEOUT_MS = 1500;

/** A hidden tab gets no frames. */
const FRAME_TIMEOUT_MS = 100;

// The browser first paints the name that stands in index.html: making the page is one long task.
await Promise.race([
  new Promise((done) => requestAnimationFrame(() => setTimeout(done))),
  new Promise((done) => setTimeout(done, FRAME_TIMEOUT_MS)),
]);
const page = createPage();
await Promise.race([page.language.choose(), new Promise((done) => setTimeout(done, LANGUAGE_TIMEOUT_MS))]);
const target = document.getElementById('app')!;
target.replaceChildren();
mount(App, { target, props: { page } });
void page.updates.start();
