/**
 * Where the keyboard and a screen reader go on when one screen gives way to another: the focus went with what had it, and
 * the next Tab would begin at the top of the page. Whatever still has the focus keeps it.
 */
const board = () => document.querySelector<HTMLElement>('[role="application"]');

/** `screen` where there was one before; else the first is the page as it was opened, and needs no help. */
export function holdFocus(screen = '') {
  /** The board was drawn on by keyboard: so is the next one. */
  let drew = false;
  return {
    /** Before the page changes. */
    before(next: string): void {
      if (next !== screen && board()) drew = board()!.matches(':focus-visible');
    },
    /** After it changed. */
    after(next: string): void {
      const first = screen === '';
      if (next === screen) return;
      screen = next;
      if (first || (document.activeElement && document.activeElement !== document.body)) return;
      const heading = document.querySelector('h1');
      if (heading) heading.tabIndex = -1;
      ((drew && board()) || heading)?.focus({ preventScroll: true });
    },
  };
}

/** What scrolls is reached by the keyboard while it does; not every browser sees to that by itself. */
export function scrolls(place: HTMLElement): () => void {
  const look = () => {
    if (place.scrollHeight > place.clientHeight || place.scrollWidth > place.clientWidth) place.tabIndex = 0;
    else place.removeAttribute('tabindex');
  };
  const size = new ResizeObserver(look);
  const watch = () => {
    for (const each of [place, ...place.children]) size.observe(each);
  };
  const list = new MutationObserver(watch);
  list.observe(place, { childList: true });
  watch();
  return () => {
    size.disconnect();
    list.disconnect();
  };
}
