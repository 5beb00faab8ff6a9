/** A room's code is read from whatever people type, paste or open. */
import { expect, test } from 'vitest';
import { readCode } from '../../shared/code.ts';
import { parse } from '../../shared/commands.ts';

test.each([
  'XVYYZ',
  'xvyyz',
  ' XVYYZ. ',
  '„XVYYZ“',
  'ＸＶＹＹＺ',
  'ｘｖｙｙｚ！',
  'Ⓧⓥⓨⓨⓩ',
  'X V Y Y Z',
  'XVY-YZ',
  'x.v.y.y.z',
  'XV\u200bYYZ',
  'XVY\u00adYZ',
  '\u202aXVYYZ\u202c',
  '%EF%BC%B8VYYZ',
  'r/XVYYZ',
  '/r/XVYYZ.',
  'https://derby.example/r/XVYYZ',
  'https://derby.example/r/xvyyz/tv',
  'https://derby.example/games/derby/r/XVYYZ/?watch#top',
  'https://derby.example/R/%58VYYZ)',
  '<https://derby.example/r/XVYYZ>',
  '[play](https://derby.example/r/XVYYZ), quick',
  'Komm in meinen Raum: https://derby.example/r/XVYYZ!',
  '快来https://derby.example/r/XVYYZ，等你',
  '我的房间号是XVYYZ快来',
  'Guess where? XVYYZ, there',
  'guess my code: xvyyz',
  'Code: X V Y Y Z',
  'Join at https://derby.example with code XVYYZ',
  'HAPPY XVYYZ',
  '100% XVYYZ',
])('%s', (text) => {
  expect(readCode(text)).toEqual({ code: 'XVYYZ' });
  expect(parse('watch', { code: text })).toEqual({ code: 'XVYYZ' });
});

test('Arabic digits are digits', () => expect(readCode('ABC٢۳')).toEqual({ code: 'ABC23' }));

test.each([
  ['XV0YZ', 'lookalike'],
  ['xvyyo', 'lookalike'],
  ['https://derby.example/r/XVYY1', 'lookalike'],
  ['My room is XVYYO, come', 'lookalike'],
  ['XVYY', 'length'],
  ['XVYYZZ', 'length'],
  ['', 'length'],
  [' 🎨 ', 'length'],
  ['https://derby.example/r/hidden', 'length'],
  ['/r/%E0%A4%', 'length'],
] as const)('%s has no code: %s', (text, mistake) => {
  expect(readCode(text)).toEqual({ mistake });
  expect(parse('watch', { code: text })).toBe('no-room');
});
