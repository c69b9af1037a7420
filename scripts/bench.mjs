import { runProgram } from './install.mjs';

runProgram('scripts/bench/loop.ts');
