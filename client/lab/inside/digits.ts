/** Numbers of a network, as formulas have them. */
export interface Digits {
  /** 0.35, with a minus before what is below 0. */
  write(value: number): string;
  /** The same within a sum, as in "+ 0.35". */
  add(value: number): string;
}

/** In Latin digits, as the page's other numbers. */
export function digitsOf(tag: string): Digits {
  const format = new Intl.NumberFormat(`${tag}-u-nu-latn`, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  // Rounded first: there is no minus 0.
  const write = (value: number) => format.format(Math.abs(value) < 0.005 ? 0 : value).replace('-', '−');
  return { write, add: (value) => `${value > -0.005 ? '+' : '−'} ${write(Math.abs(value))}` };
}
