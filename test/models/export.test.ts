/**
 * The exported graph against the net that was trained, before weights are quantized, and against one that starts from it. Needs python3 with
 * models/train/requirements.txt.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { presets } from '../../models/train/config.ts';
import { inputOf } from '../../shared/input.ts';
import { drawn } from '../support/drawings.ts';
import { drawingsOf, SAMPLE_WORDS } from '../support/quickdraw.ts';

// Not asked for in CI, which installs no PyTorch.
const withoutTorch = spawnSync('python3', ['-c', 'import torch, numpy']).status !== 0;
if (withoutTorch) console.warn('skipped, without python3 with torch and numpy: the exported graph');

const WORDS = 20;

/**
 * Probabilities for the inputs on standard input: by the net in evaluation mode, by its graph, and by another net that starts from the
 * graph, in both modes.
 */
const SCRIPT = `
import json, sys, torch, numpy
sys.path.insert(0, "models/train")
from artifact import Artifact
from export import graph_of
from feed import BITMAP_SIDE, Batch
from net import CHANNELS, SIDE, TRACE_FEATURES, TRACE_POINTS, build
from start import start
preset, next_preset = json.loads(sys.argv[1])
words, count = int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(1)
torch.manual_seed(7)
net = build(preset, words).eval()
for layer in net.modules():
    if isinstance(layer, torch.nn.BatchNorm2d):
        layer.running_mean.normal_(0, 0.3)
        layer.running_var.uniform_(0.3, 3)
        torch.nn.init.uniform_(layer.weight, 0.5, 2)
        torch.nn.init.normal_(layer.bias, 0, 0.3)
torch.nn.init.normal_(net.last.weight, 0, 1)
torch.nn.init.normal_(net.last.bias, 0, 1)
data = torch.from_numpy(numpy.frombuffer(sys.stdin.buffer.read(), numpy.float32).copy())
traces, rasters = data.split([count * TRACE_POINTS * TRACE_FEATURES, count * SIDE * SIDE * CHANNELS])
traces = traces.view(count, TRACE_POINTS, TRACE_FEATURES)
rasters = rasters.view(count, SIDE, SIDE, CHANNELS)
with torch.no_grad():
    logits = net(rasters.permute(0, 3, 1, 2) / 255, traces)
    # The spread over the drawings becomes 2 on average.
    scale = 2 / logits.std(0).mean()
    net.last.weight *= scale
    net.last.bias.copy_(-(scale * (logits - net.last.bias)).mean(0) + torch.randn(words))
    expected = net(rasters.permute(0, 3, 1, 2) / 255, traces).softmax(1)
    graph = graph_of(net)
artifact = Artifact.__new__(Artifact)
artifact.nodes = graph.nodes
artifact.weights = {
    name: torch.from_numpy(value.astype(numpy.int64 if kind == "int" else numpy.float32))
    for name, (value, kind) in graph.weights.items()
}
found = artifact.run(rasters, traces, output="probabilities")
other = build(next_preset | {"dropout": 0}, words)
bitmaps = torch.zeros(count, 1, BITMAP_SIDE, BITMAP_SIDE)
batch = Batch(rasters.permute(0, 3, 1, 2), traces, torch.zeros(count), torch.zeros(count, words), torch.zeros(count), bitmaps)
start(other, artifact, [batch])
with torch.no_grad():
    # In training, the norms also follow the batch.
    evaluating = other.eval()(batch.rasters / 255, traces).softmax(1)
    training = other.train()(batch.rasters / 255, traces).softmax(1)
probabilities = {"expected": expected, "graph": found, "training": training, "evaluating": evaluating}
print(json.dumps({name: value.tolist() for name, value in probabilities.items()}))
`;

describe.skipIf(withoutTorch)('the exported graph', () => {
  test.each([
    ['full', 'full'],
    ['full', 'wide'],
    ['quick', 'quick'],
  ])(
    'gives the probabilities of the net, and so does a net that starts from it, with the presets %s and %s',
    { timeout: 60_000 },
    (name, next) => {
      const inks = [...Object.values(drawn), ...SAMPLE_WORDS.slice(0, 9).flatMap((word) => drawingsOf(word, 1))];
      const { traces, rasters } = inputOf(inks);
      const output = execFileSync(
        'python3',
        ['-c', SCRIPT, JSON.stringify([presets[name], presets[next]]), `${WORDS}`, `${inks.length}`],
        {
          input: Buffer.concat([traces, rasters].map(({ buffer }) => Buffer.from(buffer))),
          maxBuffer: 1 << 24,
        },
      );
      const { expected, ...others } = JSON.parse(output.toString()) as Record<string, number[][]>;
      for (const [name, found] of Object.entries(others)) {
        expect(found).toHaveLength(inks.length);
        for (const [i, row] of expected!.entries())
          for (const [word, p] of row.entries())
            expect(Math.abs(found[i]![word]! - p), `${name}, drawing ${i}`).toBeLessThan(1e-3);
      }
      // Otherwise the comparison proves nothing: the net is sure of some words, and not of the same ones for all drawings.
      const best = expected!.map((row) => row.indexOf(Math.max(...row)));
      expect(new Set(best).size).toBeGreaterThan(3);
      expect(expected!.reduce((sum, row) => sum + Math.max(...row), 0) / inks.length).toBeGreaterThan(0.3);
    },
  );
});
