/** Narrower first, then smaller: width in percent, size in em. */
const STEPS = [
  [100, 1],
  [75, 1],
  [75, 0.92],
  [75, 0.85],
  [75, 0.7],
  [75, 0.55],
] as const;
/** Smaller letters cannot be read. Pixels */
const LEAST = 11;

/** Makes a name, or a short sentence, fit its box: narrower, smaller, at last with a break in a word. An attachment. */
export function fits(name: HTMLElement): () => void {
  const set = (width: number, size: number, wrap: string) => {
    name.style.fontStretch = width === 100 ? '' : `${width}%`;
    name.style.fontSize = size === 1 ? '' : `${size}em`;
    name.style.overflowWrap = wrap;
  };
  const isIn = () => name.scrollWidth <= name.clientWidth && name.scrollHeight <= name.clientHeight + 1;
  const adjust = () => {
    name.style.whiteSpace = '';
    set(100, 1, '');
    if (isIn()) return;
    const full = Number.parseFloat(getComputedStyle(name).fontSize);
    const steps = STEPS.filter(([, size]) => size === 1 || full * size >= LEAST);
    for (const wrap of ['', 'anywhere'])
      for (const [width, size] of steps) {
        set(width, size, wrap);
        if (isIn()) return;
      }
    // One line, with an ellipsis.
    name.style.whiteSpace = 'nowrap';
  };
  const around = new ResizeObserver(adjust);
  around.observe(name.parentElement!);
  // What is beside the name grew. The name's size also depends on what is done here, so not within the same layout.
  let soon = 0;
  const own = new ResizeObserver(() => {
    cancelAnimationFrame(soon);
    if (!isIn()) soon = requestAnimationFrame(adjust);
  });
  own.observe(name);
  void document.fonts.ready.then(adjust);
  adjust();
  return () => {
    around.disconnect();
    own.disconnect();
    cancelAnimationFrame(soon);
  };
}
