import { runProgram } from './install.mjs';

await runProgram('scripts/bench/loop.ts');
