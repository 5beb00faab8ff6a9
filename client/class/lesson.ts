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
  /** Whether this browser is the teacher of the lesson, or a pupil in it. */
  roleIn(code: string): Role | undefined;
  /** The lesson that this browser remembers for a role. */
  remembered(role: Role): string | undefined;
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
  /** Out of it for now: `comeBack` leads back in. */
  detach(): void;
  /** Out of it for good: a pupil's place is given up, and this browser forgets it. */
  depart(): void;
}

type Names = Extract<Payload<'teach'>, { names: unknown }>['names'];
export type Role = 'teacher' | 'pupil';
interface Place {
  code: string;
  token: string;
}
/** How this client wants to be let in, now and after every lost link. */
type Goal = { as: 'teacher'; names: Names } | ({ as: Role } & Place);
type Entrance = Extract<Payload<'attend'>, { name: string } | { pupil: string }>;

/** For these refusals a client that has a place asks again. */
const TEMPORARY: Refusal[] = ['unavailable', 'too-often'];
/** After these the place is gone for good. */
const PLACE_GONE: Refusal[] = ['no-lesson', 'bad-token', 'kicked'];

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
  let goal: Goal | undefined;

  // ---------------------------------------------------------------- what this browser remembers

  function placeOf(role: Role): Place | undefined {
    try {
      return JSON.parse(memory.get(role) ?? '') as Place;
    } catch {
      return undefined;
    }
  }
  const keep = (role: Role, place: Place) => memory.set(role, JSON.stringify(place));
  /** Another tab may have a place in another lesson by now. */
  function forget(role: Role, code: string): void {
    if (placeOf(role)?.code === code) memory.set(role, undefined);
  }
  const roleIn = (code: string): Role | undefined =>
    (['teacher', 'pupil'] as const).find((role) => placeOf(role)?.code === code);

  const codeNow = (): string | undefined => {
    const { value } = state;
    return value.at === 'inside' ? value.view.code : value.code || undefined;
  };

  // ---------------------------------------------------------------- in

  function pursue(next: Goal): void {
    const code = 'code' in next ? next.code : '';
    leaveOther(code);
    goal = next;
    state.value = { at: 'entering', code };
    const moves = code !== '' && link.headFor(code);
    if (!moves && socket.connected) void enter();
  }

  /** Also after every lost link; what is shown stays meanwhile. */
  async function enter(): Promise<void> {
    const asked = goal;
    if (!asked) return;
    const place = 'token' in asked && { code: asked.code, token: asked.token };
    const answer = await (asked.as === 'pupil'
      ? link.request('attend', { code: asked.code, token: asked.token })
      : link.request('teach', place || { names: (asked as { names: Names }).names }));
    // If the link broke meanwhile, the next connection asks again.
    if (goal !== asked || !socket.connected) return;
    if (answer.ok) {
      if ('code' in answer) admit('teacher', answer);
    } else if (place && TEMPORARY.includes(answer.why)) {
      setTimeout(() => socket.connected && goal === asked && enter(), link.retryDelay);
    } else {
      if (place && PLACE_GONE.includes(answer.why)) forget(asked.as, place.code);
      end({ ...(place && { code: place.code }), refused: answer.why });
    }
  }

  /** The server may have sent the view before this answer. */
  function admit(as: Role, { code, token }: Place): void {
    keep(as, { code, token });
    goal = { as, code, token };
    link.headFor(code);
    sit();
  }

  async function request(entrance: Entrance): Promise<void> {
    const { code } = entrance;
    leaveOther(code);
    goal = undefined;
    state.value = { at: 'entering', code };
    const answer = await link.request('attend', entrance);
    if (!answer.ok) end({ code, refused: answer.why });
    else if ('asked' in answer) state.value = { at: 'asking', code };
    else admit('pupil', { code, token: answer.token });
  }

  /** In the room that this pupil was dealt into, and in no other. */
  function sit(): void {
    const { value } = state;
    if (value.at !== 'inside' || value.view.as !== 'pupil' || goal?.as !== 'pupil') return;
    const { room, code } = value.view;
    if (room === null) leaveRoom();
    else if (!session.isAt(room, 'pupil')) session.sit(room, { code, token: goal.token });
  }

  socket.on('connect', () => {
    // Who asks has to ask again: the server forgot the socket that did.
    if (state.value.at === 'asking') end({ code: state.value.code });
    else void enter();
  });
  socket.on('lesson', (view) => {
    // It was on its way when this client left.
    if (!goal && state.value.at === 'outside') return;
    state.value = { at: 'inside', view };
    sit();
  });
  socket.on('seat', ({ token }) => {
    const code = codeNow();
    if (code && !goal) admit('pupil', { code, token });
  });
  socket.on('dismissed', (why) => {
    const code = codeNow();
    if (!code) return;
    if (why === 'replaced') session.letGo();
    else if (goal) forget(goal.as, code);
    end({ code, dismissed: why });
  });

  // ---------------------------------------------------------------- out

  /** Leaves the room of another class, or of none. The server lets a client out of one lesson as it comes into another. */
  function leaveOther(code: string): void {
    if (codeNow() !== code || !session.isPupil()) session.leave();
  }

  function leaveRoom(): void {
    if (session.isPupil()) session.leave();
  }

  function end(why: Omit<Extract<LessonState, { at: 'outside' }>, 'at'>): void {
    goal = undefined;
    leaveRoom();
    state.value = { at: 'outside', ...why };
  }

  function detach(forGood = false): void {
    if (state.value.at !== 'outside' && socket.connected) link.send('depart', { forGood });
    end({});
  }

  return {
    state: () => state.value,
    roleIn,
    remembered: (role) => placeOf(role)?.code,
    teach: (names) => pursue({ as: 'teacher', names }),
    comeBack(code) {
      const as = roleIn(code);
      // On the way, or in.
      if (!as || (goal && 'code' in goal && goal.code === code)) return;
      pursue({ as, ...placeOf(as)! });
    },
    knock: (code, pictures) => link.request('knock', { code, pictures }),
    attend: (code, name) => void request({ code, name }),
    reclaim: (code, pupil) => void request({ code, pupil }),
    conduct: (what) => link.request('conduct', what),
    oversee: () => link.request('oversee', {}),
    detach: () => detach(),
    depart() {
      const code = codeNow();
      if (code) forget('pupil', code);
      detach(true);
    },
  };
}
