import { isOmlError } from '@oml/protocol/error';
import { Command, CommanderError } from 'commander';
import type { CommandContext, Run } from './command.ts';
import { addNouns } from './nouns.ts';
import { openOutput, type Terminal } from './output.ts';

/**
 * Exit codes: 1 = fix something and call again, 2 = the command line is wrong, 75 = the same call may work later, 130 =
 * stopped by Ctrl-C.
 */
const EXIT = { ok: 0, failed: 1, usage: 2, later: 75, stopped: 130 } as const;

/** Runs one `oml` command line (without node and script) and returns the exit code. Nothing is thrown. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  const output = openOutput(terminal, argv.includes('--json'));
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  process.once('SIGINT', stop);
  try {
    let code: number = EXIT.ok;
    const setFailed = (): void => void (code = EXIT.failed);
    const program = await programOf({ output, signal: abort.signal, setFailed }, terminal, (name) =>
      argv.includes(name),
    );
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    output.fail(error);
    if (abort.signal.aborted) return EXIT.stopped;
    return isOmlError(error) && error.retryable ? EXIT.later : EXIT.failed;
  } finally {
    process.removeListener('SIGINT', stop);
  }
}

/** The program, with the verbs of every noun that is meant. */
export async function programOf(
  context: CommandContext,
  terminal: Terminal,
  isMeant: (noun: string) => boolean,
): Promise<Command> {
  const program = new Command('oml')
    .description(
      'Fingerprint ONNX models, derive and trace editions, check and report who runs them; serve them for money.',
    )
    .option('--json', 'print the result as JSON on standard output')
    .showHelpAfterError('(add --help for the options)')
    .exitOverride()
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.tell });
  // Commander hands the options and the command itself behind the arguments; the command is of no use to an action.
  const run: Run =
    (action) =>
    (...args) =>
      action(context, ...(args.slice(0, -1) as never[]));
  await addNouns(program, run, isMeant);
  prepare(program);
  return program;
}

/** Every command, and every one below it, takes --json and ends without ending the process. */
function prepare(parent: Command): void {
  for (const command of parent.commands) {
    command.option('--json', 'print the result as JSON on standard output').exitOverride();
    prepare(command);
  }
}
