import '@fontsource-variable/bricolage-grotesque/wdth.css';
import './style.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { speak } from './language.svelte.ts';
import { keepShell } from './update.svelte.ts';

/** A page in English is better than none, while another language is long in coming. ms */
const PATIENCE = 1500;

await Promise.race([speak(), new Promise((done) => setTimeout(done, PATIENCE))]);
const target = document.getElementById('app')!;
target.replaceChildren();
mount(App, { target });
void keepShell();
