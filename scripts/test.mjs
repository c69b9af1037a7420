import { runProgram } from './install.mjs';

runProgram('scripts/checks/test.ts');
