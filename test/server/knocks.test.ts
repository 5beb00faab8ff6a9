/** Who comes in by the pictures, while others search for them. */
import { expect, test } from 'vitest';
import { patternAt } from '../../server/lesson/pattern.ts';
import { createKnocks } from '../../server/room/knocks.ts';
import { PATTERN_EVERY } from '../../shared/lesson.ts';

const lesson = { code: 'ABCDE', secret: 'secret' };
const START = 50 * PATTERN_EVERY;

function door() {
  let time = START;
  const knocks = createKnocks(() => time);
  const right = () => patternAt(lesson.secret, time).pictures;
  const wrong = () => right().map((each) => (each + 1) % 12);
  return {
    knocks,
    wait: (ms: number) => {
      time += ms;
    },
    right: (socket: string, address: string) => knocks.refusal(socket, address, lesson, right()),
    wrong: (socket: string, address: string) => knocks.refusal(socket, address, lesson, wrong()),
  };
}

test('a class that taps wrong now and then comes in at once', () => {
  const { right, wrong } = door();
  for (let i = 0; i < 40; i++) expect(wrong(`s${i}`, 'school')).toBe('wrong-pattern');
  for (let i = 0; i < 40; i++) expect(right(`s${i}`, 'school')).toBeNull();
});

test('while somebody searches, a pupil at the same address taps two pictures, and one elsewhere comes in at once', () => {
  const { right, wrong, wait } = door();
  for (let i = 0; i < 200; i++) wrong(`bot${i}`, 'school');
  expect(right('home', 'home')).toBeNull();
  expect(right('pupil', 'school')).toBe('searched');
  // The same ones again are not the next.
  expect(right('pupil', 'school')).toBe('searched');
  wait(PATTERN_EVERY);
  for (let i = 0; i < 200; i++) wrong(`bot${i}`, 'school');
  expect(right('pupil', 'school')).toBeNull();
  // A bot that guesses right once does not learn it, and a wrong guess in between counts.
  expect(right('bot', 'school')).toBe('searched');
  expect(wrong('bot', 'school')).toBe('searched');
  wait(PATTERN_EVERY - 1);
  expect(right('bot', 'school')).toBe('searched');
});

test('a search from many addresses is one, and ends', () => {
  const { right, wrong, wait } = door();
  for (let i = 0; i < 81; i++) wrong(`bot${i}`, `address ${i}`);
  expect(right('pupil', 'home')).toBe('searched');
  wait(2 * PATTERN_EVERY);
  expect(right('pupil', 'home')).toBeNull();
});

test('nothing is kept of a lesson that is over', () => {
  const { right, wrong, knocks } = door();
  for (let i = 0; i < 200; i++) wrong(`bot${i}`, 'school');
  knocks.forget(lesson.code);
  expect(right('pupil', 'school')).toBeNull();
});
