/** The arguments of a command that takes the id of a replay: one that starts with a hyphen is an id, not options. */
export function argumentsWithId(args: string[]): string[] {
  const at = args.findIndex((arg) => /^-[\w-]{21}$/.test(arg));
  return at < 0 || args.includes('--') ? args : [...args.toSpliced(at, 1), '--', args[at]!];
}
