import type { Command } from 'commander';
import type { Verbs } from './nouns.ts';

/** Rows of one noun: every command that can be typed, what it does, and whose key has to sign it. */
function commandRows(noun: Command, { acts = [] }: Verbs, path = `oml ${noun.name()}`): string[][] {
  const whoMay = (typed: string): string =>
    acts.find(({ verb }) => verb === typed.split(' ').slice(2).join(' '))?.who ?? '';
  return noun.commands.flatMap((command) => {
    const typed = `${path} ${command.name()}`;
    if (command.commands.length > 0) return commandRows(command, { acts }, typed);
    const usage = command.registeredArguments.map((argument) => {
      const word = `${argument.name().toUpperCase()}${argument.variadic ? '…' : ''}`;
      return argument.required ? word : `[${word}]`;
    });
    return [[`\`${[typed, ...usage].join(' ')}\``, command.description(), whoMay(typed)]];
  });
}

const HEAD = `# Commands

Every command of \`oml\`, as the program has them: a test compares this page with it. \`npx oml NOUN VERB --help\` lists a
command's options, and the shape of a file where it takes one.

- \`--json\` prints one JSON document on standard output and nothing else: amounts as decimal text in the token's smallest
  unit, costs in wei. Remarks and failures go to standard error; a failure has a stable code, a sentence, and what to do.
- \`--rpc URL\` and \`--deployment FILE\` say which chain (or \`RPC_URL\`, \`OML_DEPLOYMENT\`); \`--key-file FILE\` whose key
  signs: hex, or a keystore that \`--password-file FILE\` opens (or \`OML_KEY_FILE\`, \`OML_PASSWORD_FILE\`).
- \`--dry-run\`, on whatever names who may sign it, sends nothing: it simulates all that would be sent on top of the newest
  block (\`eth_simulateV1\`; \`eth_call\` where a node has only that, for the first step), and shows what the contracts would
  tell, what you would pay or get, the gas in ETH, and what you hold. \`--from ADDRESS\` does so without a key.
  \`oml report close\`, \`oml host rotate\` and \`oml host revoke\` take it, too, and show what is due first.
- An allowance that a deposit needs is sent before it, for that amount alone.
- A model may be named by its number, by its registered name, or by the name on its card. Amounts are in dollars.
- It ends with 0; 1: fix something and call again; 2: the command line is wrong; 75: the same may work later; 130: Ctrl-C.
`;

/** docs/guides/commands.md, not yet formatted. */
export function commandsPage(program: Command, verbsOf: ReadonlyMap<string, Verbs>): string {
  const parts = program.commands.map((noun) => {
    const verbs = verbsOf.get(noun.name()) ?? {};
    const rows = commandRows(noun, verbs).map(
      (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`,
    );
    const isSigned = verbs.acts !== undefined;
    const head = isSigned
      ? ['| command | what it does | who may |', '| --- | --- | --- |']
      : ['| command | what it does |', '| --- | --- |'];
    const shown = isSigned ? rows : rows.map((row) => row.replace(/ \|  \|$/, ' |'));
    const about = noun.description();
    return [
      `## \`oml ${noun.name()}\``,
      `${about[0]!.toUpperCase()}${about.slice(1)}.`,
      [...head, ...shown].join('\n'),
    ];
  });
  return `${[HEAD.trimEnd(), ...parts.flat()].join('\n\n')}\n`;
}
