/** Replays of a single process: everything is gone when it ends. */
import type { ReportReason } from '../../../shared/gallery.ts';
import type { Case, Listing, NewReplay, ReplayLimits, Replays } from '../replays.ts';
import { GALLERY_SHARE, giftIn, REPLAY_LIFE_MS, speedOf } from '../replays.ts';

type Kept = NewReplay & {
  saved: number;
  expires: number;
  /** `n` counts the drawings that were listed. */
  listing?: Listing & { n: number };
  /** And their reasons. */
  reporters: Map<string, ReportReason>;
  /** As JSON. */
  gift?: string;
  hidden: Case['hidden'];
  approved: boolean;
  /** When it became a case for the operator; 0 if it never did. */
  caseAt: number;
};

export function createMemoryReplays(limits: ReplayLimits, now: () => number = Date.now): Replays {
  const { bytes, keptMs, listedMs, reportsToHide } = limits;
  const all = new Map<string, Kept>();
  /** By word. The oldest listing first */
  const galleries = new Map<string, Set<Kept>>();
  /** Those that were recognized, by owner and word */
  const own = new Map<string, Set<Kept>>();
  const ownKey = ({ owner, word }: Pick<Kept, 'owner' | 'word'>) => `${owner} ${word}`;
  /** Ids of replays */
  const byKey = new Map<string, string>();
  let total = 0;
  let listings = 0;

  function drop(replay: Kept): void {
    leaveGallery(replay);
    const mine = own.get(ownKey(replay));
    if (mine?.delete(replay) && mine.size === 0) own.delete(ownKey(replay));
    all.delete(replay.id);
    byKey.delete(keyOf(replay) ?? '');
    total -= replay.record.length;
  }

  function find(id: string): Kept | undefined {
    const replay = all.get(id);
    if (!replay || replay.expires > now()) return replay;
    drop(replay);
    return undefined;
  }

  function dropExpired(): void {
    for (const replay of all.values()) if (replay.expires <= now()) drop(replay);
  }

  /** Those that have expired go, and then those that would expire first. */
  function makePlace(size: number): void {
    dropExpired();
    if (total + size <= bytes) return;
    while (total + size > bytes) {
      let first: Kept | undefined;
      for (const each of all.values()) if (!first || each.expires < first.expires) first = each;
      drop(first!);
    }
  }

  function put(replay: Kept): void {
    if (replay.record.length > bytes) return;
    makePlace(replay.record.length);
    all.set(replay.id, replay);
    noteKey(replay);
    total += replay.record.length;
    if (replay.owner !== null && replay.ms !== null)
      own.set(ownKey(replay), (own.get(ownKey(replay)) ?? new Set()).add(replay));
  }

  const keyOf = ({ gift }: Kept): string | null => giftIn(gift)?.key ?? null;
  function noteKey(replay: Kept): void {
    const key = keyOf(replay);
    if (key) byKey.set(key, replay.id);
  }

  function leaveGallery(replay: Kept): void {
    if (!replay.listing) return;
    const gallery = galleries.get(replay.listing.word)!;
    gallery.delete(replay);
    if (gallery.size === 0) galleries.delete(replay.listing.word);
    delete replay.listing;
  }

  function enterGallery(replay: Kept, listing: Kept['listing']): void {
    if (!listing) return;
    replay.listing = listing;
    const gallery = galleries.get(listing.word) ?? new Set();
    galleries.set(listing.word, gallery.add(replay));
  }

  /** The galleries keep within their share: their oldest drawings go. */
  function boundGalleries(): void {
    const listed = [...galleries.values()].flatMap((gallery) => [...gallery]);
    let size = listed.reduce((sum, { record }) => sum + record.length, 0);
    if (size <= bytes * GALLERY_SHARE) return;
    for (const replay of listed.sort((a, b) => a.listing!.n - b.listing!.n)) {
      if (size <= bytes * GALLERY_SHARE) return;
      size -= replay.record.length;
      drop(replay);
    }
  }

  const isShown = ({ listing, hidden, approved }: Kept): boolean =>
    listing !== undefined && hidden === null && (listing.passes || approved);

  const caseOf = ({ listing, gift, reporters, hidden, approved }: Kept): Case => ({
    word: listing?.word ?? null,
    key: giftIn(gift)?.key ?? null,
    passes: (listing ?? giftIn(gift))?.passes ?? true,
    reports: [...reporters.values()],
    hidden,
    approved,
  });

  return {
    async save(replay) {
      if (find(replay.id)) return;
      const none = { reporters: new Map<string, ReportReason>(), hidden: null, approved: false, caseAt: 0 };
      put({ ...replay, ...none, saved: now(), expires: now() + REPLAY_LIFE_MS });
    },
    async read(id) {
      const replay = find(id);
      return replay && replay.hidden === null ? replay : null;
    },
    async inspect(id) {
      const replay = find(id);
      return replay ? { owner: replay.owner, record: replay.record, ...caseOf(replay) } : null;
    },
    async keep(id, record) {
      const replay = find(id);
      if (!replay) return false;
      const { listing } = replay;
      drop(replay);
      // Nobody has reviewed the name in another record.
      const changed = record && { record, approved: false };
      const kept = { ...replay, ...changed, expires: Math.max(replay.expires, replay.saved + keptMs) };
      put(kept);
      if (all.has(id)) enterGallery(kept, listing);
      return true;
    },
    async remove(id) {
      const replay = find(id);
      if (replay) drop(replay);
      return replay !== undefined;
    },
    async gift(id) {
      return giftIn(find(id)?.gift);
    },
    async setGift(id, before, gift) {
      const replay = find(id);
      if (!replay || (replay.gift ?? 'null') !== JSON.stringify(before)) return false;
      byKey.delete(keyOf(replay) ?? '');
      replay.gift = JSON.stringify(gift);
      noteKey(replay);
      if (gift?.passes !== false) return true;
      if (replay.caseAt === 0) replay.caseAt = now();
      replay.expires = Math.max(replay.expires, replay.saved + keptMs);
      return true;
    },
    async ofKey(key) {
      const id = byKey.get(key);
      return (id !== undefined && find(id)?.id) || null;
    },
    async best(owner, word) {
      dropExpired();
      const shown = [...(own.get(ownKey({ owner, word })) ?? [])].filter(({ hidden }) => hidden === null);
      const best = shown.sort((a, b) => a.ms! - b.ms!)[0];
      return best ? { id: best.id, owner, record: best.record } : null;
    },
    async refresh(codes) {
      const open = new Set(codes);
      for (const replay of all.values())
        if (open.has(replay.code)) replay.expires = Math.max(replay.expires, now() + REPLAY_LIFE_MS);
    },
    async list(id, listing) {
      const replay = find(id);
      if (!replay) return false;
      leaveGallery(replay);
      enterGallery(replay, { ...listing, n: ++listings });
      replay.expires = Math.max(replay.expires, replay.saved + listedMs);
      if (!listing.passes) replay.caseAt = now();
      boundGalleries();
      return true;
    },
    async unlist(id) {
      const replay = find(id);
      if (!replay?.listing) return false;
      leaveGallery(replay);
      replay.expires = replay.saved + keptMs;
      return true;
    },
    async listed(word, { sort, after, limit }) {
      const rankOf = ({ listing }: Kept) => (sort === 'newest' ? -listing!.n : speedOf(listing!, listing!.n));
      dropExpired();
      const from = after === undefined ? -Infinity : sort === 'newest' ? -after : after;
      const rest = [...(galleries.get(word) ?? [])]
        .filter((each) => isShown(each) && rankOf(each) > from)
        .sort((a, b) => rankOf(a) - rankOf(b));
      const page = rest.slice(0, limit);
      return {
        replays: page.map(({ id, owner, record }) => ({ id, owner, record })),
        next: rest.length > limit ? Math.abs(rankOf(page.at(-1)!)) : null,
      };
    },
    async words() {
      dropExpired();
      const counts = [...galleries].map(([word, gallery]) => [word, [...gallery].filter(isShown).length] as const);
      return new Map(counts.filter(([, count]) => count > 0));
    },
    async report(id, reporter, reason) {
      const replay = find(id);
      if (!replay || replay.hidden !== null) return false;
      if (replay.approved || replay.reporters.has(reporter)) return true;
      replay.reporters.set(reporter, reason);
      replay.caseAt = now();
      if (replay.reporters.size >= reportsToHide) replay.hidden = 'reports';
      return true;
    },
    async moderate(id, decision) {
      const replay = find(id);
      if (!replay) return false;
      replay.hidden = decision === 'hide' ? 'operator' : null;
      replay.approved = decision === 'approve';
      if (decision !== 'hide') replay.reporters.clear();
      if (replay.caseAt === 0) replay.caseAt = now();
      return true;
    },
    async cases(from, limit) {
      dropExpired();
      const found = [...all.values()].filter(({ caseAt }) => caseAt > 0).sort((a, b) => b.caseAt - a.caseAt);
      return found.slice(from, from + limit).map((replay) => ({ id: replay.id, ...caseOf(replay) }));
    },
  };
}
