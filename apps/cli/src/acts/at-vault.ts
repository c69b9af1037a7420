import type { Act, Arg, OneCall, Step } from './act.ts';
import { JSON_FILE, LICENSE, type JsonFile } from './args.ts';
import { inputsOf } from './contracts.ts';
import { shapeOf, valuesFrom } from './from-json.ts';
import { vaultOf } from './vaults.ts';

interface VaultCall extends Omit<OneCall, 'value'> {
  /** What the function takes beside `takes` stands in a JSON file. */
  isFile?: boolean;
}

/** One call of a license's vault, which is given its code where it has none yet. */
export function atVault(verb: string, calls: string, takes: readonly Arg[], how: VaultCall): Act {
  const { draws, isFile, ...words } = how;
  const inputs = inputsOf('revenueVault', calls).slice(takes.length);
  return {
    verb,
    takes: [LICENSE, ...takes, ...(isFile ? [JSON_FILE] : [])],
    calls: [`revenueVault.${calls}`],
    ...words,
    ...(isFile ? { help: `The file: ${shapeOf(inputs)}` } : {}),
    async steps([licenseId, ...said], view) {
      const { address, hasCode } = await vaultOf(view.chain, licenseId as bigint);
      const args = isFile ? [...said.slice(0, -1), ...readFrom(said.at(-1) as JsonFile)] : said;
      const drawn = draws ? { draws: await draws([licenseId, ...said] as unknown[], view) } : {};
      const deploying: Step = { contract: 'licenseRegistry', calls: 'deployVault', args: [licenseId] };
      return [...(hasCode ? [] : [deploying]), { contract: 'revenueVault', address, calls, args, ...drawn }];
    },
  };

  function readFrom({ json, file }: JsonFile): unknown[] {
    return valuesFrom(inputs, json, file);
  }
}
