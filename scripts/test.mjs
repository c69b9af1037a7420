import { runProgram } from './install.mjs';

await runProgram('scripts/checks/test.ts');
