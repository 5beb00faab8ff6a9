/** The pages of the archive, which show what is kept of drawings. Each has the addresses below its name: `/replay/ID`. */
export const ARCHIVE_PAGES = ['replay', 'gallery', 'daily', 'mine', 'explore', 'beat'] as const;
export type ArchivePage = (typeof ARCHIVE_PAGES)[number];

/** `/gallery/cat` has the page `gallery`. `path` begins after the game's path, without a slash. */
export const archivePage = (path: string): ArchivePage | undefined =>
  ARCHIVE_PAGES.find((page) => page === path.split('/')[0]!.toLowerCase());
