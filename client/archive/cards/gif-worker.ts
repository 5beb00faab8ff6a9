/** Makes a GIF beside the page. */
import { framesOf } from './frames.ts';
import { gifOf } from './gif.ts';
import type { GifJob, GifReport } from './make-gif.ts';

const report = (message: GifReport) => postMessage(message);

addEventListener('message', ({ data: { record, labels, isRightToLeft } }: MessageEvent<GifJob>) => {
  const making = gifOf(framesOf(record, labels, isRightToLeft));
  let step = making.next();
  for (; !step.done; step = making.next()) report({ frames: step.value });
  report({ gif: step.value });
});
