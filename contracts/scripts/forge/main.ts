// Forge by hand, with this repository's compiler: npm run forge -w contracts -- test --match-test testFuzz_Distribute
import { runForge } from './forge.ts';

const { status } = await runForge(process.argv.slice(2), { echo: true });
process.exitCode = status ?? 1;
