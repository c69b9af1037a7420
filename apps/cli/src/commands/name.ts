import { namesAbi, parametersAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import { isName, nameCommitment, nameId } from '@oml/protocol/evidence/name';
import { ensureAllowance } from '@oml/service/allowance';
import type { Chain } from '@oml/service/chain';
import { setTimeout as sleep } from 'node:timers/promises';
import { bytesToHex, isAddress, zeroAddress, type Hex } from 'viem';
import { openChain, openSigner, withChain, type ChainOptions } from '../chain/connect.ts';
import type { AddCommand } from '../command.ts';
import { number } from '../options.ts';

const POLL_MS = 500;

export const addName: AddCommand = (program, run) => {
  const name = program.command('name').description('names for people to read: claim, point, transfer, give up, show');

  withChain(name.command('claim'), { signs: true })
    .description('register a name for a deposit, which comes back when it is given up')
    .argument('<name>', '3 to 32 of a-z, 0-9 and single hyphens inside')
    .option('--model-id <number>', 'the model that it points to')
    .action(
      run(async ({ output, signal }, text: string, options: ChainOptions & { modelId?: string }) => {
        const { chain, me } = await openSigner(options);
        const modelId = options.modelId === undefined ? 0n : number(options.modelId, '--model-id');
        const id = idOf(text);
        const holder = await holderOf(chain, id);
        if (holder !== zeroAddress) throw new OmlError('CONFLICT', `"${text}" is held by ${holder}.`);
        const deposit = await chain.publicClient.readContract({
          address: chain.deployment.contracts.parameters,
          abi: parametersAbi,
          functionName: 'nameDeposit',
        });
        const names = namesAt(chain);
        await ensureAllowance(chain, me, names.address, deposit);
        // Committed first, so that nobody who sees the name on its way is faster.
        const salt = bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
        const committed = nameCommitment(
          { name: text, holder: me, salt },
          { chainId: chain.deployment.chainId, names: names.address },
        );
        const { blockNumber } = await chain.send({ ...names, functionName: 'commit', args: [committed] });
        output.note(`"${text}" is committed; it is registered a block later`);
        while ((await chain.publicClient.getBlockNumber()) <= blockNumber) {
          signal.throwIfAborted();
          await sleep(POLL_MS);
        }
        const args = [text, modelId, salt, deposit];
        const { transactionHash: tx } = await chain.send({ ...names, functionName: 'register', args });
        output.result({ name: text, nameId: id, holder: me, modelId, deposit, tx }, () => `"${text}" is yours: ${tx}`);
      }),
    );

  withChain(name.command('point'), { signs: true })
    .description('point a name of yours to a model of yours; 0 points it to nothing')
    .argument('<name>')
    .argument('<model-id>')
    .action(
      run(async ({ output }, text: string, model: string, options: ChainOptions) => {
        const { chain } = await openSigner(options);
        const modelId = number(model, 'A model');
        const args = [idOf(text), modelId];
        const { transactionHash: tx } = await chain.send({ ...namesAt(chain), functionName: 'point', args });
        output.result({ name: text, modelId, tx }, () => `"${text}" points to model ${modelId}: ${tx}`);
      }),
    );

  withChain(name.command('transfer'), { signs: true })
    .description('give a name, with its deposit, to somebody else; it then points to nothing')
    .argument('<name>')
    .argument('<address>')
    .action(
      run(async ({ output }, text: string, to: string, options: ChainOptions) => {
        if (!isAddress(to)) throw new OmlError('REQUEST_INVALID', `"${to}" is no address.`);
        const { chain } = await openSigner(options);
        const args = [idOf(text), to];
        const { transactionHash: tx } = await chain.send({ ...namesAt(chain), functionName: 'transfer', args });
        output.result({ name: text, holder: to, tx }, () => `"${text}" is now held by ${to}: ${tx}`);
      }),
    );

  withChain(name.command('give-up'), { signs: true })
    .description('give a name up; its deposit comes back')
    .argument('<name>')
    .action(
      run(async ({ output }, text: string, options: ChainOptions) => {
        const { chain } = await openSigner(options);
        const { transactionHash: tx } = await chain.send({
          ...namesAt(chain),
          functionName: 'giveUp',
          args: [idOf(text)],
        });
        output.result({ name: text, tx }, () => `"${text}" is given up, its deposit is back: ${tx}`);
      }),
    );

  withChain(name.command('show'), { signs: false })
    .description('show who holds a name, what it points to and how many reports are open on it')
    .argument('<name>')
    .action(
      run(async ({ output }, text: string, options: ChainOptions) => {
        const chain = await openChain(options);
        const id = idOf(text);
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

function idOf(text: string): Hex {
  if (isName(text)) return nameId(text);
  throw new OmlError('REQUEST_INVALID', `"${text}" is no name: 3 to 32 of a-z, 0-9 and single hyphens inside.`);
}

async function holderOf(chain: Chain, id: Hex) {
  return (await chain.publicClient.readContract({ ...namesAt(chain), functionName: 'nameOf', args: [id] })).holder;
}
