/** The names of a network's two files. The model's names that of the weights, which lies beside it. */
export const MODEL_FILE = 'doodle-derby.json';
export const WEIGHTS_FILE = 'doodle-derby.weights.bin';
