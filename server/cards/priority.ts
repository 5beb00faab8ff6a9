/** Lets the thread that imports it run when others have little to do. On Linux a priority is a thread's own; elsewhere it would be the process's. */
import { setPriority } from 'node:os';

/** If a race wants all of a core, a card gets a thirtieth of it: it is late then, but does not starve. */
const LOW = 15;
if (process.platform === 'linux') setPriority(LOW);
