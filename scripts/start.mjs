import { runProgram } from './install.mjs';

runProgram('scripts/stack/start.ts');
