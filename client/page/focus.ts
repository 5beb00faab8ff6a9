/**
 * Keeps the place of keyboard and screen reader when one screen replaces another: the focused element is gone, and the next Tab
 * would start at the top of the page. An element that still has the focus keeps it.
 */
const board = () => document.querySelector<HTMLElement>('[role="application"]');

/** `screen` is the one before, if there was one; otherwise the first screen is the page as it was opened, and needs no help. */
export function holdFocus(screen = '') {
  /** The player drew by keyboard, and will on the next board. */
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

/** Of the heading of a page that comes late: it gets the focus, unless something else has it. */
export function arrives(heading: HTMLElement): void {
  heading.tabIndex = -1;
  if (document.activeElement === document.body) heading.focus({ preventScroll: true });
}

/** Makes a scrolling element reachable by keyboard while it scrolls; not every browser does that itself. */
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
