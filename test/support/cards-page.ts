/** In the browser: mounts the cards of `window.record`, once the test has given one. */
import '@fontsource-variable/bricolage-grotesque/wdth.css';
import '../../client/style/tokens.css';
import '../../client/style/base.css';
import '../../client/style/controls.css';
import { mount } from 'svelte';
import { createMemory, newStorage } from '../../client/net/memory.ts';
import { createLanguage } from '../../client/page/language.svelte.ts';
import type { Page } from '../../client/page/page.ts';
import type { Record } from '../../shared/record.ts';
import CardsPage from './CardsPage.svelte';

/** Not at the top of the module: what it fetches imports this one. */
async function start(): Promise<void> {
  const language = createLanguage(createMemory(newStorage()));
  await language.choose();
  await language.openArchive();
  Object.assign(window, {
    show: (record: Record) =>
      void mount(CardsPage, { target: document.body, props: { page: { language } as Page, record } }),
  });
}
void start();
