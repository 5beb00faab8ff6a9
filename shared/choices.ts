/** What a player lets the server do with a drawing beyond its room. Each is asked for by itself, and all are off until then. */
export interface Choices {
  /** Others may see it: in the gallery of its word, and as a ghost to race. */
  gallery: boolean;
  /** It becomes part of the open data set. */
  data: boolean;
  /** Networks may learn from it. */
  training: boolean;
}

export const NO_CHOICES: Choices = { gallery: false, data: false, training: false };
