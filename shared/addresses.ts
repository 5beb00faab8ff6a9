/** The pages beside the game: what is kept of drawings, the lab and the classroom. Each has the addresses below its name: `/replay/ID`. */
export const SIDE_PAGES = ['replay', 'gallery', 'daily', 'mine', 'explore', 'beat', 'lab', 'class'] as const;
export type SidePage = (typeof SIDE_PAGES)[number];

/** `/gallery/cat` has the page `gallery`. `path` begins after the game's path, without a slash. */
export const sidePage = (path: string): SidePage | undefined =>
  SIDE_PAGES.find((page) => page === path.split('/')[0]!.toLowerCase());
