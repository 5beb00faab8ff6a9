/** What the lab's networks can learn: forty words that are easy to draw, some of them alike, and what is none of them. */
export const LAB_WORDS = [
  'apple',
  'banana',
  'bicycle',
  'bird',
  'book',
  'butterfly',
  'car',
  'cat',
  'chair',
  'clock',
  'cloud',
  'cup',
  'dog',
  'door',
  'elephant',
  'envelope',
  'eye',
  'fish',
  'flower',
  'fork',
  'guitar',
  'hat',
  'house',
  'key',
  'ladder',
  'leaf',
  'lightning',
  'moon',
  'mushroom',
  'octopus',
  'pants',
  'pizza',
  'rabbit',
  'scissors',
  'shoe',
  'snail',
  'star',
  'sun',
  'tree',
  'umbrella',
] as const;
export type LabWord = (typeof LAB_WORDS)[number];

export const isLabWord = (word: unknown): word is LabWord => (LAB_WORDS as readonly unknown[]).includes(word);

/** The label of drawings of other words. It is no word of the recognizer. */
export const SOMETHING_ELSE = 'something else';
/** The label of the word that a learner draws. */
export const OWN_WORD = 'own word';
