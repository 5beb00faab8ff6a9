/** Loaded before a server: on SIGUSR2 the machine's clock is set back 15 s, as far as the server can see. */
let step = 0;
const { now } = Date;
Date.now = () => now() + step;
globalThis.Date = class extends Date {
  constructor(...args) {
    super(...(args.length > 0 ? args : [Date.now()]));
  }
};
process.on('SIGUSR2', () => {
  step -= 15_000;
});
