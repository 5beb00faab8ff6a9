/** The loss of training, against numbers worked out by hand. Needs python3 with models/train/requirements.txt. */
import { execFileSync, spawnSync } from 'node:child_process';
import { beforeAll, describe, expect, test } from 'vitest';

// Not asked for in CI, which installs no PyTorch.
const withoutTorch = spawnSync('python3', ['-c', 'import torch, numpy']).status !== 0;
if (withoutTorch) console.warn('skipped, without python3 with torch and numpy: the loss');

interface Drawing {
  /** What the net says: odds, whose logarithms are the logits. */
  odds: number[];
  label: number;
  /** Bytes; all 0 without a soft label. */
  soft: number[];
}

const preset = { soft: 0.5, doubtful: 0.15, doubt: 0.02, labelSmoothing: 0.1, taught: 0.25, taughtWhole: 0.65 };
const OPINION = [0.5, 0.4, 0.1];
/** Weights of public networks. */
const PUBLIC = [0, 0.5, 1];
/** For each batch: its loss, that of each of its drawings alone, also with teachers, and the gradients of the logits. */
const SCRIPT = `
import json, sys, torch
sys.path.insert(0, "models/train")
from feed import Batch
from team import Loss, Opinion
given = json.load(sys.stdin)

def result(drawings, shown):
    batch = Batch(
        rasters=torch.zeros(len(drawings), 3, 64, 64, dtype=torch.uint8),
        traces=torch.zeros(len(drawings), 96, 7),
        labels=torch.tensor([each["label"] for each in drawings]),
        softs=torch.tensor([each["soft"] for each in drawings], dtype=torch.uint8),
        public_weights=torch.zeros(len(drawings), dtype=torch.uint8),
        bitmaps=torch.zeros(len(drawings), 1, 28, 28, dtype=torch.uint8),
    )
    logits = torch.tensor([each["odds"] for each in drawings]).log().requires_grad_()
    loss = Loss(given["preset"], shown, "cpu")
    total = loss(logits, batch)
    total.backward()
    alone = [loss(logits[i : i + 1], batch.part(i, 1)).item() for i in range(len(drawings))]
    def taught_by(public):
        opinion = Opinion(torch.tensor([given["opinion"]]), torch.tensor([public]))
        return [loss(logits[i : i + 1], batch.part(i, 1), opinion).item() for i in range(len(drawings))]

    taught = [taught_by(public) for public in given["public"]]
    return {"total": total.item(), "alone": alone, "taught": taught, "gradients": logits.grad.tolist()}

print(json.dumps({name: result(*each) for name, each in given["batches"].items()}))
`;

// Probabilities without the prior: 1/8, 2/8, 5/8. The prior is 3 : 1 : 6, with which they are 3/35, 2/35 and 30/35.
const odds = [1, 2, 5];
const NONE = [0, 0, 0];
/** How often an epoch shows each word. */
const SHOWN = [30, 10, 60];
const known: Drawing = { odds, label: 1, soft: [51, 204, 0] };

const batches = {
  known: [
    [
      known,
      // Weights need not add up to 255.
      { odds, label: 1, soft: [1, 4, 0] },
      { odds, label: 2, soft: [0, 0, 255] },
    ],
    SHOWN,
  ],
  even: [[known], [20, 20, 20]],
  doubtful: [
    [
      // 5 of 255 are 1.96 %, 6 are 2.35 %.
      { odds, label: 0, soft: [5, 50, 200] },
      { odds, label: 0, soft: [6, 49, 200] },
      { odds, label: 0, soft: [0, 0, 255] },
    ],
    SHOWN,
  ],
  unknown: [[{ odds, label: 0, soft: NONE }], SHOWN],
  mixed: [
    [
      known,
      { odds: [4, 1, 1], label: 0, soft: [5, 50, 200] },
      { odds: [1, 1, 1], label: 2, soft: NONE },
      { odds: [9, 2, 7], label: 2, soft: NONE },
    ],
    SHOWN,
  ],
} satisfies Record<string, [Drawing[], number[]]>;

interface Result {
  total: number;
  alone: number[];
  /** For each of PUBLIC. */
  taught: number[][];
  gradients: number[][];
}

describe.skipIf(withoutTorch)('the loss', () => {
  const { log } = Math;
  let results: Record<keyof typeof batches, Result>;
  beforeAll(() => {
    const output = execFileSync('python3', ['-c', SCRIPT], {
      input: JSON.stringify({ preset, opinion: OPINION, public: PUBLIC, batches }),
    });
    results = JSON.parse(output.toString());
  });

  function near(found: readonly number[], expected: readonly number[]): void {
    expect(found).toHaveLength(expected.length);
    for (const [i, value] of found.entries()) expect(value, `number ${i}`).toBeCloseTo(expected[i]!, 5);
  }

  test('is half for the word, with the prior, and half for the soft label, without it', () => {
    const first = -0.5 * log(2 / 35) - 0.5 * (0.2 * log(1 / 8) + 0.8 * log(2 / 8));
    near(results.known.alone, [first, first, -0.5 * log(30 / 35) - 0.5 * log(5 / 8)]);
  });

  test('does not depend on the prior if all words are shown equally often', () => {
    near(results.even.alone, [-0.5 * log(2 / 8) - 0.5 * (0.2 * log(1 / 8) + 0.8 * log(2 / 8))]);
  });

  test('hardly counts a soft label that gives the word less than 2 %', () => {
    const soft = (...weights: number[]) =>
      weights.reduce((sum, weight, i) => sum + (weight / 255) * log(odds[i]! / 8), 0);
    near(results.doubtful.alone, [
      -0.85 * log(3 / 35) - 0.15 * soft(5, 50, 200),
      -0.5 * log(3 / 35) - 0.5 * soft(6, 49, 200),
      -0.85 * log(3 / 35) - 0.15 * log(5 / 8),
    ]);
  });

  test('smooths the label of a drawing without a soft label', () => {
    const mean = (log(3 / 35) + log(2 / 35) + log(30 / 35)) / 3;
    near(results.unknown.alone, [-0.9 * log(3 / 35) - 0.1 * mean]);
  });

  test('is for a quarter the opinion of teachers, for more with public ones among them, whether or not there is a soft label', () => {
    const opinion = OPINION.reduce((sum, p, i) => sum - p * log(odds[i]! / 8), 0);
    for (const { alone, taught } of [results.known, results.doubtful, results.unknown])
      for (const [i, share] of [0.25, 0.45, 0.65].entries())
        near(
          taught[i]!,
          alone.map((each) => (1 - share) * each + share * opinion),
        );
  });

  test('adds up over the drawings of a batch', () => {
    const { total, alone } = results.mixed;
    expect(new Set(alone.map((each) => each.toFixed(3))).size).toBe(4);
    expect(total).toBeCloseTo(
      alone.reduce((sum, each) => sum + each, 0),
      4,
    );
  });

  test('pulls the net towards the word and the soft label', () => {
    // Cross entropy: the net's probabilities less the label's, for both halves.
    near(results.known.gradients[0]!, [
      0.5 * (3 / 35) + 0.5 * (1 / 8 - 0.2),
      0.5 * (2 / 35 - 1) + 0.5 * (2 / 8 - 0.8),
      0.5 * (30 / 35) + 0.5 * (5 / 8),
    ]);
  });
});
