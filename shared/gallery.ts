/** Galleries as they travel: what the page asks for, and what the server answers. */

export const GALLERY_SORTS = ['newest', 'fastest'] as const;
export type GallerySort = (typeof GALLERY_SORTS)[number];

/** Why somebody reports a drawing. */
export const REPORT_REASONS = ['indecent', 'hateful', 'personal', 'other'] as const;
export type ReportReason = (typeof REPORT_REASONS)[number];

/** Drawings of a page. */
export const GALLERY_PAGE = 24;

/** Several records in one answer: this as JSON, a line feed, and the records one after the other, each compressed as it is kept. */
export interface RecordsHead {
  /** Id and length of each. */
  replays: [id: string, bytes: number][];
  /** What the next page comes after; null if this is the last. */
  next: number | null;
}

const LINE_FEED = 10;

export interface PackedRecords {
  replays: { id: string; record: Uint8Array<ArrayBuffer> }[];
  next: number | null;
}

/** Throws if it is cut off. */
export function unpackRecords(bytes: Uint8Array<ArrayBuffer>): PackedRecords {
  const end = bytes.indexOf(LINE_FEED);
  // It is plain ASCII.
  const head = JSON.parse(String.fromCharCode(...bytes.subarray(0, end))) as RecordsHead;
  let from = end + 1;
  const replays = head.replays.map(([id, length]) => {
    const record = bytes.subarray(from, from + length);
    if (record.length < length) throw new Error('the answer is cut off');
    from += length;
    return { id, record };
  });
  return { replays, next: head.next };
}
