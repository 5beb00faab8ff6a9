/** Lessons in Redis: records (`records.ts`) in `dd:{CODE}:lesson`, a hash of `version` and `lesson` as JSON; `…:over` says that it ended. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Lesson } from '../../lesson/lesson.ts';
import type { Lessons } from '../lessons.ts';
import { LESSONS } from '../lessons.ts';
import type { Redis } from './connection.ts';
import { lessonKeyOf } from './keys.ts';
import { createRedisRecords } from './records.ts';

/** Redis writes its file anew once at a time. ms */
const REWRITE_RETRY_MS = 2_000;
const MOST_REWRITES = 30;
/** A lesson that is not refreshed is deleted after this. */
const LIFE_MS = 60 * 60_000;

export function createRedisLessons(redis: Redis): Lessons {
  const {
    known: _known,
    restore,
    ...lessons
  } = createRedisRecords<Lesson>(redis, {
    ...LESSONS,
    channelOf: lessonKeyOf,
    stored: (code) => redis.run((client) => client.hGet(lessonKeyOf(code), 'lesson')),
    commit: (expected, lesson, text) =>
      redis.run((client) => {
        const { code, version, over } = lesson;
        const committed = { code, field: 'lesson', text, lifeMs: LIFE_MS, isOver: over };
        const keys = { record: lessonKeyOf(code), channel: lessonKeyOf(code) };
        return client.commit(keys, expected, `${version}`, { ...committed, members: LESSONS.membersOf(lesson) });
      }),
  });
  return {
    ...lessons,
    expires: true,
    async refresh(codes) {
      for (const code of codes) {
        const isThere = await redis.run((client) => client.refresh(code, { record: lessonKeyOf(code) }, LIFE_MS));
        if (!isThere) await restore(code);
      }
    },
    /** Redis appends every change to a file, and leaves out what is deleted when it writes that anew. A rented Redis may refuse. */
    async forget() {
      for (let tries = 0; tries < MOST_REWRITES; tries++) {
        const refused = await redis
          .run((client) => client.bgRewriteAof())
          .then(
            () => false,
            (reason) => /in progress/.test(String(reason)),
          );
        if (!refused) return;
        await wait(REWRITE_RETRY_MS, undefined, { ref: false });
      }
    },
  };
}
