/** Lets the thread that imports it run when others have little to do. On Linux a priority is a thread's own; elsewhere it would be the process's. */
import { constants, setPriority } from 'node:os';

// If a race wants all of a core, a card gets a seventieth of it: it is late then, but does not starve.
if (process.platform === 'linux') setPriority(constants.priority.PRIORITY_LOW);
