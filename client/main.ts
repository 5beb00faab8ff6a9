import '@fontsource-variable/bricolage-grotesque/wdth.css';
import './style.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { speak } from './language.svelte.ts';
import { keepShell } from './update.svelte.ts';

await speak();
mount(App, { target: document.getElementById('app')! });
void keepShell();
