/** Random names that nobody can guess. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { CODE_ALPHABET, CODE_LENGTH } from '../../shared/protocol.ts';

/** The code of a room, for people to say and type. */
export function newCode(): string {
  let code = '';
  while (code.length < CODE_LENGTH) code += CODE_ALPHABET[randomInt(CODE_ALPHABET.length)];
  return code;
}

/** The proof of a seat: a connection that sends it takes the seat. */
export const newToken = (): string => randomBytes(24).toString('base64url');

export const newPlayer = (): string => randomUUID().slice(0, 8);

export const newMatch = (): string => randomBytes(16).toString('hex');
