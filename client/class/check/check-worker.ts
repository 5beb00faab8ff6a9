/** Says that it was started: a worker that is a module, as those of practice and lab are. */
postMessage('started');

export {};
