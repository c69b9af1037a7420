import { runProgram } from './install.mjs';

await runProgram('scripts/stack/start.ts');
