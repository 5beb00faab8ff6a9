import '@fontsource-variable/bricolage-grotesque/wdth.css';
import './style/tokens.css';
import './style/base.css';
import './style/controls.css';
import './style/components.css';
import './style/accessibility.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { createPage } from './page/page.ts';
import { painted } from './page/painted.ts';

/** After so long the page opens in English, even if the messages of another language are still on their way. */
const LANGUAGE_TIMEOUT_MS = 1500;

// First the name that stands in index.html: making the page is one long task.
await painted();
const page = createPage();
await Promise.race([page.language.choose(), new Promise((done) => setTimeout(done, LANGUAGE_TIMEOUT_MS))]);
const target = document.getElementById('app')!;
target.replaceChildren();
mount(App, { target, props: { page } });
void page.updates.start();
