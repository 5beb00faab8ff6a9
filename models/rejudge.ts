/**
 * `npm run rejudge -- ID`: judges a recorded drawing again and says whether the stored verdict and the new one agree.
 *
 *   ID             of a replay: what stands after /replay/ in its address; or a file of it
 *   --server URL   where it is kept (default: http://localhost:3000)
 *   --engine native|wasm   the engine (default: the one that judged then, if it runs here)
 *   --model DIR    another model's folder
 *
 * Ends with 0 if they agree, else with 1.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { argumentsWithId } from '../server/arguments.ts';
import { startRecognizer } from '../server/inference/thread.ts';
import { decode } from '../shared/record.ts';
import { type Rejudgement, rejudge } from './rejudgement.ts';

const { values, positionals } = parseArgs({
  args: argumentsWithId(process.argv.slice(2)),
  allowPositionals: true,
  options: {
    server: { type: 'string', default: 'http://localhost:3000' },
    engine: { type: 'string' },
    model: { type: 'string' },
  },
});

async function readRecord(name: string): Promise<Uint8Array> {
  if (!/^[\w-]{22}$/.test(name)) return readFile(name);
  const response = await fetch(new URL(`api/replays/${name}`, values.server.replace(/\/*$/, '/')));
  if (!response.ok) throw new Error(`${values.server} answers ${response.status}: is there no such replay any more?`);
  return new Uint8Array(await response.arrayBuffer());
}

const describe = (outcome: Rejudgement['stored']) =>
  outcome ? `"${outcome.word}" at ${outcome.probability.toFixed(3)}` : 'not recognized';

const [name] = positionals;
if (!name || (values.engine && !['native', 'wasm'].includes(values.engine))) {
  console.error('npm run rejudge -- ID [--server URL] [--engine native|wasm] [--model DIR]');
  process.exit(2);
}
const record = decode(await readRecord(name));
const engine = (values.engine as 'native' | 'wasm' | undefined) ?? record.engine;
const recognizer = await startRecognizer({ engine, modelDir: values.model }).catch((reason) => {
  if (values.engine) throw reason;
  return startRecognizer({ modelDir: values.model });
});
const { stored, again, agrees, by } = await rejudge(record, recognizer);
await recognizer.close();
console.log(`word    ${record.word}`);
console.log(`stored  ${describe(stored)}, by model ${by.stored.model} on ${by.stored.engine}`);
console.log(`again   ${describe(again)}, by model ${by.again.model} on ${by.again.engine}`);
const moved = [
  ...(by.stored.model === by.again.model ? [] : ['the model is another one']),
  ...(by.stored.engine === by.again.engine ? [] : ['the engine is another one']),
];
console.log(agrees ? 'They agree.' : `They differ: ${moved.join(', ') || 'same model, same engine. This is a bug'}.`);
process.exitCode = agrees ? 0 : 1;
