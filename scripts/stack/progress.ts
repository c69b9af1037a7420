import { progressOn } from '../install/progress.mjs';

/** Steps of this command, told on its standard output. */
export const { say, tell, step } = progressOn(process.stdout);
