import type { Command } from 'commander';

/** Adds what says which model judges what another one wrote. */
export const withJudge = (command: Command): Command =>
  command
    .option('--judge <url>', 'an OpenAI-compatible base URL whose model judges, for methods that want judging')
    .option('--judge-model <name>', 'the model name that the judge’s endpoint wants')
    .option('--judge-key-file <file>', 'a file with its API key');
