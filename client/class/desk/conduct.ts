/** What the desk asks of the server, with a notice if it is refused. */
import type { Conduct } from '../../../shared/commands.ts';
import type { Client } from '../../client.ts';
import type { Lesson } from '../lesson.ts';

/** Resolves with whether it was done. */
export type Do = (what: Conduct) => Promise<boolean>;

export const conducting =
  (lesson: Pick<Lesson, 'conduct'>, { notices }: Pick<Client, 'notices'>): Do =>
  async (what) => {
    const answer = await lesson.conduct(what);
    if (!answer.ok) notices.add(answer.why);
    return answer.ok;
  };
