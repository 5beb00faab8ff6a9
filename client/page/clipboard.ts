/** Copies a text. `button` was pressed for it. Resolves with whether it worked. */
export async function copyText(text: string, button: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyByHand(text, button);
  }
}

/** Without https pages have no clipboard API. The old way still works, next to the button, since a dialog makes all else inert. */
function copyByHand(text: string, button: HTMLElement): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  button.after(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  button.focus();
  return done;
}
