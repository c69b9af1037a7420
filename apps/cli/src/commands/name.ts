import { namesAbi } from '@oml/contracts/abis';
import { nameId } from '@oml/protocol/evidence/name';
import type { Chain } from '@oml/service/chain';
import { zeroAddress } from 'viem';
import { nameFrom } from '../acts/args.ts';
import { openChain, withChain, type ChainOptions } from '../chain/connect.ts';
import type { AddCommand } from '../command.ts';

export const addName: AddCommand = (name, run) => {
  withChain(name.command('show'), { signs: false })
    .description('show who holds a name, what it points to and how many reports are open on it')
    .argument('<name>')
    .action(
      run(async ({ output }, text: string, options: ChainOptions) => {
        const chain = await openChain(options);
        const id = nameId(nameFrom(text));
        const [{ holder, deposit, reports }, [, modelId]] = await Promise.all([
          chain.publicClient.readContract({ ...namesAt(chain), functionName: 'nameOf', args: [id] }),
          chain.publicClient.readContract({ ...namesAt(chain), functionName: 'resolve', args: [id] }),
        ]);
        const isFree = holder === zeroAddress;
        output.result({ name: text, nameId: id, holder: isFree ? null : holder, modelId, deposit, reports }, () =>
          isFree
            ? `"${text}" is free`
            : `"${text}" is held by ${holder}, ${modelId ? `points to model ${modelId}` : 'points to nothing'}, ` +
              `${reports} open ${reports === 1 ? 'report' : 'reports'}`,
        );
      }),
    );
};

const namesAt = ({ deployment }: Chain) => ({ address: deployment.contracts.names, abi: namesAbi }) as const;
