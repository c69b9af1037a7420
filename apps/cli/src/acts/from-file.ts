import type { Act, Arg } from './act.ts';
import { JSON_FILE, type JsonFile } from './args.ts';
import { functionOf, inputsOf, type ContractName } from './contracts.ts';
import { shapeOf, valuesFrom } from './from-json.ts';
import type { OneCall } from './act.ts';

/** One call whose last arguments, more than people type, come out of a JSON file. */
export function fromFile(
  verb: string,
  call: `${ContractName}.${string}`,
  leading: readonly Arg[],
  how: Omit<OneCall, 'value'>,
): Act {
  const { contract, calls } = functionOf(call);
  const { draws, ...words } = how;
  const inputs = inputsOf(contract, calls).slice(leading.length);
  return {
    verb,
    takes: [...leading, JSON_FILE],
    calls: [call],
    ...words,
    help: `The file: ${shapeOf(inputs)}`,
    async steps(said, view) {
      const { json, file } = said.at(-1) as JsonFile;
      const args = [...said.slice(0, -1), ...valuesFrom(inputs, json, file)];
      return [{ contract, calls, args, ...(draws ? { draws: await draws(said, view) } : {}) }];
    },
  };
}
