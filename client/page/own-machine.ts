/** Whether the page was opened on the server's own machine: then it shows where the others find the game (`addresses.ts`). */
export const isOwnMachine = (): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);
