/** The drawings of one epoch by the label that they are given, which may be wrong. */
import { type Samples, type TrainingDrawing, trainingDrawings } from '../../../shared/lab/examples.ts';
import { labelsOf, type Recipe } from '../../../shared/lab/recipe.ts';

export interface RowDrawing extends Pick<TrainingDrawing, 'strokes'> {
  /** Index of the label that a prankster took away. */
  truth?: number;
}

/** A row of each label. Each step unpacks the drawings of one label; the caller decides when the next step comes. */
export function* collectRows(recipe: Recipe, samples: Samples): Generator<undefined, RowDrawing[][]> {
  const labels = labelsOf(recipe);
  const rows = labels.map((): { at: number; drawing: RowDrawing }[] => []);
  for (const [truth, name] of labels.entries()) {
    // Of the learner's own word there may be none yet.
    if (!samples.get(name)?.training.length) continue;
    trainingDrawings(recipe, samples, truth, 1).forEach(({ strokes, label }, at) => {
      rows[label]!.push({ at, drawing: label === truth ? { strokes } : { strokes, truth } });
    });
    yield;
  }
  // Swapped ones lie among the others, as they do in a heap of pictures.
  return rows.map((row) => row.sort((a, b) => a.at - b.at).map(({ drawing }) => drawing));
}
