import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';

/**
 * The flags that a script was called with. `--help` says how it is called and ends the process; a flag that it does not
 * know ends it with 1 and says the same.
 */
export function readFlags<const Options extends ParseArgsOptionsConfig>(help: string, options: Options) {
  const { help: isAsked, ...values } = parse(help, { ...options, help: { type: 'boolean' } });
  if (isAsked) {
    console.log(help);
    process.exit(0);
  }
  return values as ReturnType<typeof parseArgs<{ options: Options }>>['values'];
}

function parse(help: string, options: ParseArgsOptionsConfig) {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    process.exit(1);
  }
}
