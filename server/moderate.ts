/**
 * `npm run moderate -- COMMAND`: the operator looks at drawings, and hides, shows or deletes them on a running server.
 *
 *   list [all]      what waits for a decision: reported drawings, and those that the gate does not take; all: also those decided
 *   word WORD       ids of a word's gallery
 *   show ID         what it is, what was made of it, and the picture as an SVG file
 *   hide ID         nobody sees it any more
 *   unhide ID       undoes that, what reports did, or approve; it can be reported again
 *   approve ID      it is shown and exported, whatever the gate says and whoever reports it
 *   delete ID       removes it for ever
 *   hide-key KEY    a donated drawing, by its key_id, or one of EXPLORE_DATA: nobody sees it any more
 *   unhide-key KEY  undoes that, and what reports did
 *   approve-key KEY it stays, whoever reports it
 *
 *   --server URL    by default http://localhost:3000
 *   --out DIR       where `show` writes the picture, by default the system's folder for temporary files
 *
 * OPERATOR_TOKEN is that of the server. In production: node dist/server/moderate.js
 */
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inflateSync } from 'node:zlib';
import { inkAt } from '../shared/history.ts';
import type { ReportReason } from '../shared/gallery.ts';
import type { Stroke } from '../shared/ink.ts';
import { BOARD } from '../shared/ink.ts';
import type { Record } from '../shared/record.ts';
import { decode, RECORD_LIMIT } from '../shared/record.ts';
import type { ReportedKey } from './storage/moderated-keys.ts';
import type { Case } from './storage/replays.ts';
import { argumentsWithId } from './arguments.ts';
import { dateOf } from './date.ts';

const USAGE =
  'npm run moderate -- list [all] | word WORD | show ID | hide ID | unhide ID | approve ID | delete ID | hide-key KEY | unhide-key KEY | approve-key KEY [--server URL] [--out DIR]';

const { values, positionals } = parseArgs({
  args: argumentsWithId(process.argv.slice(2)),
  allowPositionals: true,
  options: {
    server: { type: 'string', default: 'http://localhost:3000' },
    out: { type: 'string', default: tmpdir() },
  },
});

class Refused extends Error {}

async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(new URL(`api/moderation/${path}`, values.server.replace(/\/*$/, '/')), {
    method,
    headers: {
      Authorization: `Bearer ${process.env.OPERATOR_TOKEN ?? ''}`,
      ...(body && { 'Content-Type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Refused(`Nothing answers at ${values.server}.`);
  });
  const answer = (await response.json().catch(() => ({}))) as { error?: string };
  if (response.ok) return answer;
  throw new Refused(
    {
      'wrong token': 'The server has another OPERATOR_TOKEN.',
      'not found': `The server at ${values.server} has no OPERATOR_TOKEN set.`,
      'no-replay': 'There is no such drawing any more.',
      'no DATA_DIR': 'The server has no DATA_DIR, in which it could write that down.',
      'no key_id': 'A key_id is a number.',
    }[answer.error ?? ''] ?? `The server answers ${response.status}${answer.error ? `: ${answer.error}` : ''}.`,
  );
}

const isOpen = ({ passes, hidden, approved, reports }: Case): boolean =>
  !approved && hidden !== 'operator' && (reports.length > 0 || hidden === 'reports' || !passes);

function reasonsOf(reports: ReportReason[]): string[] {
  const counts = [...new Set(reports)].map((reason) => `${reports.filter((each) => each === reason).length} ${reason}`);
  return counts.length > 0 ? [`reported: ${counts.join(', ')}`] : [];
}

function stateOf({ word, passes, hidden, approved, reports }: Case): string {
  return [
    word === null ? 'in no gallery' : `gallery of "${word}"`,
    ...(passes ? [] : ['does not read as the word']),
    ...reasonsOf(reports),
    ...(hidden ? [`hidden by ${hidden === 'operator' ? 'you' : 'reports'}`] : []),
    ...(approved ? ['approved'] : []),
  ].join('; ');
}

/** Numbers alone get into it, so nobody's text can be markup. */
function svgOf(strokes: Stroke[]): string {
  const lines = strokes.map((stroke) => `<polyline points="${stroke.join(' ')}"/>`).join('');
  const box = `viewBox="-60 -60 ${BOARD + 120} ${BOARD + 120}" width="600" height="600"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${box}><rect x="-60" y="-60" width="100%" height="100%" fill="#fff"/><g fill="none" stroke="#000" stroke-width="20" stroke-linecap="round" stroke-linejoin="round">${lines}</g></svg>\n`;
}

function describe({ word, verdict, nick, language, day, history }: Record): string[] {
  const thoughts = history.flatMap((event) => ('guesses' in event ? event.guesses.top.slice(0, 1) : []));
  const others = [...new Set(thoughts.map(([guess]) => guess))].filter((guess) => guess !== word);
  return [
    `word      ${word}`,
    `verdict   ${verdict ? `"${verdict.word}" after ${(verdict.at / 1000).toFixed(1)} s` : 'not recognized'}`,
    `taken for ${others.join(', ') || 'nothing else'}`,
    `drawn     ${dateOf(day)}${language ? `, on a page in ${language}` : ''}`,
    ...(nick ? [`name      ${JSON.stringify(nick)}`] : []),
  ];
}

async function show(id: string): Promise<void> {
  const { record, ...rest } = (await ask('GET', `replays/${id}`)) as Case & { record: string };
  const decoded = decode(inflateSync(Buffer.from(record, 'base64'), { maxOutputLength: RECORD_LIMIT }));
  const file = join(values.out, `${id}.svg`);
  await writeFile(file, svgOf(inkAt(decoded.history).strokes));
  console.log(
    [
      ...describe(decoded),
      `state     ${stateOf(rest)}`,
      ...(rest.key ? [`key       ${rest.key}`] : []),
      `picture   ${file}`,
    ].join('\n'),
  );
}

async function list(isAll: boolean): Promise<void> {
  // New ones push others into the next page.
  const seen = new Set<string>();
  let count = 0;
  for (let from = 0; ; ) {
    const page = (await ask('GET', `cases?from=${from}`)) as ({ id: string } & Case)[];
    if (page.length === 0) break;
    from += page.length;
    for (const each of page.filter(({ id }) => !seen.has(id))) {
      seen.add(each.id);
      if (!isAll && !isOpen(each)) continue;
      console.log(`${each.id}  ${stateOf(each)}`);
      count++;
    }
  }
  const reported = (await ask('GET', 'keys')) as ReportedKey[];
  for (const { key, reports, isHidden } of reported)
    console.log(`key ${key}  ${[...reasonsOf(reports), ...(isHidden ? ['hidden by reports'] : [])].join('; ')}`);
  if (count + reported.length === 0) console.log('Nothing waits for a decision.');
}

async function listWord(word: string): Promise<void> {
  let after: number | null = null;
  do {
    const query: string = after === null ? '' : `?after=${after}`;
    const page = (await ask('GET', `words/${encodeURIComponent(word)}${query}`)) as {
      ids: string[];
      next: number | null;
    };
    for (const id of page.ids) console.log(id);
    after = page.next;
  } while (after !== null);
}

async function main(): Promise<void> {
  const [command, ...rest] = positionals;
  const what = rest.join(' ');
  const at = `replays/${encodeURIComponent(what)}`;
  if (command === 'list') return list(what === 'all');
  if (!command || !what) throw new Refused(USAGE);
  if (command === 'word') return listWord(what);
  if (command === 'show') return show(what);
  if (command === 'hide' || command === 'unhide' || command === 'approve') await ask('POST', at, { decision: command });
  else if (command === 'delete') await ask('DELETE', at);
  else if (command === 'hide-key' || command === 'unhide-key' || command === 'approve-key')
    await ask('POST', `keys/${encodeURIComponent(what)}`, { decision: command.replace('-key', '') });
  else throw new Refused(USAGE);
  console.log('Done.');
}

await main().catch((reason) => {
  if (!(reason instanceof Refused)) throw reason;
  console.error(reason.message);
  process.exitCode = 1;
});
