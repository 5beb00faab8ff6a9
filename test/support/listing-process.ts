/** Adds the keys FROM to TO to a list, and takes those back whose last digit is not 0: `tsx listing-process.ts FILE FROM TO`. */
import { openKeyList } from '../../server/storage/key-list.ts';

const [file, from, to] = process.argv.slice(2);
const list = openKeyList(file!);
process.stdout.write('ready\n');
process.stdin.once('data', async () => {
  for (let key = Number(from); key < Number(to); key++) {
    await list.add(`${key}`);
    if (key % 10 !== 0) await list.remove(`${key}`);
  }
  process.exit(0);
});
