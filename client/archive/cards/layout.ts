/** Where things are on a moving card, in its pixels: the word at the top, the sheet, and the guesses below it. */
export const WIDTH = 480;
export const HEIGHT = 600;
export const MARGIN = 16;
export const SHEET = { x: MARGIN, y: 58, width: WIDTH - 2 * MARGIN, height: 436 };
/** Between the sheet's edge and its ink. */
export const PADDING = 18;
export const BORDER = 2;
export const HEAD = 56;
export const FOOT = SHEET.y + SHEET.height + 10;
/** The height of a row of the guesses. */
export const ROW = 30;
export const METER = { from: 176, width: WIDTH - 2 * MARGIN - 176, height: 16 };
