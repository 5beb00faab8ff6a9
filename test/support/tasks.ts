/** How long a page's main thread worked at a time, from a trace of Chromium's. */
interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds: when it began, and how long it took by the clock and of the thread's own time. */
  ts: number;
  dur?: number;
  tdur?: number;
  args?: { name?: string };
}

/** The tasks of the busiest page's main thread in a trace with the categories `toplevel` and `__metadata`. ms */
export function mainTasks(trace: Buffer): { at: number; wall: number; cpu: number }[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const thread = ({ pid, tid }: TraceEvent) => `${pid}:${tid}`;
  const mains = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const tasks = mains.map((main) =>
    traceEvents
      .filter((event) => thread(event) === thread(main) && event.name.endsWith('RunTask') && event.ph === 'X')
      .map(({ ts, dur = 0, tdur = 0 }) => ({ at: ts / 1000, wall: dur / 1000, cpu: tdur / 1000 }))
      .sort((a, b) => a.at - b.at),
  );
  return tasks.sort((a, b) => b.length - a.length)[0]!;
}
