/**
 * The lesson as this client knows it: who it is in it, how it comes back after a lost link or a reload, and for a pupil which room it
 * sits in. It outlives the page's parts, since a pupil's room is a screen of the game.
 */
import type { Conduct } from '../../shared/commands.ts';
import type { Dismissal, LessonView } from '../../shared/lesson.ts';
import type { Answer, Answers, Payload, Refusal } from '../../shared/protocol.ts';
import type { Client } from '../client.ts';
import type { NewCell } from '../net/cell.ts';

/** `entering`: on the way in, or back in. `asking`: the teacher is asked for a pupil's place. */
export type LessonState =
  | { at: 'outside'; code?: string; refused?: Refusal; dismissed?: Dismissal }
  | { at: 'entering' | 'asking'; code: string }
  | { at: 'inside'; view: LessonView };

export interface Lesson {
  state(): LessonState;
  /** Of this server in its network, as the teacher's answer says. */
  addresses(): string[];
  /** Whether this browser is the teacher of the lesson, or a pupil in it. */
  roleIn(code: string): 'teacher' | 'pupil' | undefined;
  /** Opens a lesson. */
  teach(names: Names): void;
  /** Comes back with what this browser remembers. */
  comeBack(code: string): void;
  knock(code: string, pictures: number[]): Promise<Answer<Answers['knock']>>;
  /** After `knock`: under one of the names. */
  attend(code: string, name: string): void;
  /** After `knock`: asks the teacher for the place of a pupil who is away. */
  reclaim(code: string, pupil: string): void;
  conduct(what: Conduct): Promise<Answer>;
  /** To watch all rooms. Again, once there are more. */
  oversee(): Promise<Answer>;
  /** Out of it. A pupil's place is kept, and this browser forgets it. */
  depart(): void;
}

type Names = Extract<Payload<'teach'>, { names: unknown }>['names'];
type Role = 'teacher' | 'pupil';
/** How this client wants to be let in, now and after every lost link. */
type Goal = { as: 'teacher'; names: Names } | { as: Role; code: string; token: string };
type Entrance = Extract<Payload<'attend'>, { name: string } | { pupil: string }>;

/** For these refusals a client that was in asks again. */
const TEMPORARY: Refusal[] = ['unavailable', 'too-often'];

const lessons = new WeakMap<Client, Lesson>();

/** The only one of this client. */
export function lessonOf(client: Client, cell: NewCell): Lesson {
  const lesson = lessons.get(client) ?? createLesson(client, cell);
  lessons.set(client, lesson);
  return lesson;
}

function createLesson({ link, memory, session }: Client, cell: NewCell): Lesson {
  const { socket } = link;
  const state = cell<LessonState>({ at: 'outside' });
  const addresses = cell<string[]>([]);
  let goal: Goal | undefined;
  /** The room that this pupil was last told to sit in. */
  let seated: string | null = null;

  // ---------------------------------------------------------------- what this browser remembers

  function remembered(role: Role): { code: string; token: string } | undefined {
    try {
      return JSON.parse(memory.get(role) ?? '') as { code: string; token: string };
    } catch {
      return undefined;
    }
  }
  const keep = (role: Role, code: string, token: string) => memory.set(role, JSON.stringify({ code, token }));
  const forget = (role: Role) => memory.set(role, undefined);
  const roleIn = (code: string): Role | undefined =>
    (['teacher', 'pupil'] as const).find((role) => remembered(role)?.code === code);

  // ---------------------------------------------------------------- in and out

  function out(code: string | undefined, why: { refused?: Refusal; dismissed?: Dismissal } = {}): void {
    goal = undefined;
    if (seated !== null) session.leave();
    seated = null;
    state.value = { at: 'outside', ...(code && { code }), ...why };
  }

  /** Also after every lost link; what is shown stays meanwhile. */
  async function enter(): Promise<void> {
    const asked = goal;
    if (!asked) return;
    const known = 'code' in asked ? asked : undefined;
    const entrance = known && { code: known.code, token: known.token };
    const answer =
      asked.as === 'pupil'
        ? await link.request('attend', { code: asked.code, token: asked.token })
        : await link.request('teach', entrance ?? { names: (asked as { names: Names }).names });
    // If the link broke meanwhile, the next connection asks again.
    if (goal !== asked || !socket.connected) return;
    if (answer.ok) {
      if ('addresses' in answer) {
        addresses.value = answer.addresses;
        admitted('teacher', answer.code, answer.token);
      }
      return;
    }
    if (state.value.at === 'inside' && TEMPORARY.includes(answer.why))
      setTimeout(() => socket.connected && goal === asked && enter(), link.retryDelay);
    else {
      if (known && ['no-lesson', 'bad-token', 'kicked'].includes(answer.why)) forget(asked.as);
      out(known?.code, { refused: answer.why });
    }
  }

  function admitted(as: Role, code: string, token: string): void {
    keep(as, code, token);
    goal = { as, code, token };
    const { value } = state;
    // The view may come before the answer.
    if (value.at === 'inside' && value.view.as === 'pupil') sit(value.view.room, code);
  }

  async function request(entrance: Entrance): Promise<void> {
    state.value = { at: 'entering', code: entrance.code };
    const answer = await link.request('attend', entrance);
    if (!answer.ok) out(entrance.code, { refused: answer.why });
    else if ('asked' in answer) state.value = { at: 'asking', code: entrance.code };
    else admitted('pupil', entrance.code, answer.token);
  }

  function pursue(next: Goal, code: string): void {
    goal = next;
    state.value = { at: 'entering', code };
    if (socket.connected) void enter();
  }

  socket.on('connect', () => {
    // Whoever asked has to ask again: the server forgot the socket that did.
    if (state.value.at === 'asking') out(state.value.code);
    else void enter();
  });
  socket.on('lesson', (view) => {
    state.value = { at: 'inside', view };
    if (view.as === 'pupil') sit(view.room, view.code);
  });
  socket.on('seat', ({ token }) => {
    if (state.value.at === 'asking') admitted('pupil', state.value.code, token);
  });
  socket.on('dismissed', (why) => {
    const now = state.value;
    const code = now.at === 'inside' ? now.view.code : now.code;
    if (goal && why !== 'replaced') forget(goal.as);
    out(code, { dismissed: why });
  });

  /** In the room that this pupil was dealt into, and in no other. */
  function sit(room: string | null, code: string): void {
    if (room === seated || goal?.as !== 'pupil' || !('token' in goal)) return;
    seated = room;
    if (room === null) session.leave();
    else session.sit(room, { code, token: goal.token });
  }

  return {
    state: () => state.value,
    addresses: () => addresses.value,
    roleIn,
    teach: (names) => pursue({ as: 'teacher', names }, ''),
    comeBack(code) {
      const { value } = state;
      if (value.at === 'inside' && value.view.code === code) return;
      const as = roleIn(code);
      if (as) pursue({ as, ...remembered(as)! }, code);
    },
    knock: (code, pictures) => link.request('knock', { code, pictures }),
    attend: (code, name) => void request({ code, name }),
    reclaim: (code, pupil) => void request({ code, pupil }),
    conduct: (what) => link.request('conduct', what),
    oversee: () => link.request('oversee', {}),
    depart() {
      const { value } = state;
      if (goal?.as === 'pupil') forget('pupil');
      if (value.at !== 'outside') link.send('depart', {});
      out(undefined);
    },
  };
}
