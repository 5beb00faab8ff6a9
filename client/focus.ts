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
