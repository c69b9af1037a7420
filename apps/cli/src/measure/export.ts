import { modelRegistryAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { EXPORT_FORMATS, isExportFormat } from '@oml/measure/export/export-model';
import type { ExportedModel, PublishedMeasurement } from '@oml/measure/export/exported-model';
import { readLogs } from '@oml/program/read-logs';
import { OmlError } from '@oml/protocol/error';
import { splitCard } from '@oml/protocol/wire/model-card';
import type { Chain } from '@oml/service/chain';
import { writeFile } from 'node:fs/promises';
import { isAddressEqual, type Hex } from 'viem';
import { cardText, findModel } from '../chain/find-model.ts';
import { openChain, withChain, type ChainOptions } from '../chain/connect.ts';
import type { AddCommand } from '../command.ts';
import { allPublished, publishedIn } from './published.ts';

interface Options extends ChainOptions {
  as: string;
  measurement?: string[];
  out?: string;
}

const FORMATS = Object.entries(EXPORT_FORMATS).map(([name, { title }]) => `${name} (${title})`);

/** Writes a model of the chain with its measurements in the words of others. */
export const addMeasureExport: AddCommand = (noun, run) => {
  withChain(noun.command('export'), { signs: false })
    .description('write a model with its measurements as others read it, each field marked claimed or checked')
    .argument('<model>', 'its number, its registered name, or the name on its card')
    .requiredOption('--as <format>', FORMATS.join(', '))
    .option('--measurement <transaction...>', 'only what these carry; unless said, all that the chain carries of it')
    .option('--out <file>', 'write it there instead of printing it')
    .action(
      run(async ({ output }, said: string, { as, measurement, out, ...options }: Options) => {
        if (!isExportFormat(as))
          throw new OmlError('REQUEST_INVALID', `--as takes ${FORMATS.join(', ')}, not "${as}".`);
        const model = await readExported(await openChain(options), said, measurement);
        const text = EXPORT_FORMATS[as].write(model);
        if (out) await writeFile(out, text);
        const count = model.measurements.length;
        const counted = `${count} ${count === 1 ? 'measurement' : 'measurements'}`;
        output.result({ as, measurements: count, ...(out ? { out } : { text }) }, () =>
          out ? `${out}: ${EXPORT_FORMATS[as].title} with ${counted}` : text,
        );
      }),
    );
};

async function readExported(chain: Chain, said: string, txs: string[] | undefined): Promise<ExportedModel> {
  const { publicClient, deployment } = chain;
  const found = await findModel(chain, said);
  const { modelId, owner, name } = found;
  const registry = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi } as const;
  const [parents, releases, card] = await Promise.all([
    publicClient.readContract({ ...registry, functionName: 'parents', args: [modelId] }),
    releasesOf(chain, modelId),
    cardText(chain, found),
  ]);
  const { facts, text } = splitCard(card);
  const { release, weightsDigest } = releases.at(-1)!;
  const digests = releases.map((each) => each.weightsDigest);
  return {
    chainId: deployment.chainId,
    modelRegistry: registry.address,
    modelId,
    owner,
    release,
    weightsDigest,
    parents,
    card: { ...facts, ...(name === undefined ? {} : { name }), text },
    measurements: await measurementsOf(chain, { owner, releases: digests }, txs),
    exportedAt: new Date(),
  };
}

/** The releases of a model with their weights, the oldest first. */
async function releasesOf(chain: Chain, modelId: bigint): Promise<{ release: number; weightsDigest: Hex }[]> {
  const { publicClient, deployment } = chain;
  const event = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi, strict: true } as const;
  const logs = await readLogs({
    fromBlock: BigInt(deployment.deployedAtBlock),
    toBlock: await publicClient.getBlockNumber(),
    read: (range) =>
      publicClient.getContractEvents({ ...event, ...range, eventName: 'ModelReleased', args: { modelId } }),
  });
  return logs.map(({ args }) => ({ release: args.release, weightsDigest: args.weightsDigest }));
}

/** Throws CONFLICT where a transaction that was named carries a measurement of something else. */
async function measurementsOf(
  chain: Chain,
  { owner, releases }: { owner: Hex; releases: readonly Hex[] },
  txs: readonly string[] | undefined,
): Promise<PublishedMeasurement[]> {
  const carried = txs ? await Promise.all(txs.map((tx) => publishedIn(chain, tx))) : await allPublished(chain);
  const own = carried.filter(({ measurement }) => releases.includes(measurement.release));
  if (txs && own.length < carried.length)
    throw new OmlError('CONFLICT', 'A transaction carries a measurement of another model: leave it out.');
  return Promise.all(
    own.map(async (each) => ({
      ...each,
      as: isAddressEqual(each.by, owner) ? 'claimed' : await heard(chain, each.by),
    })),
  );
}

async function heard({ publicClient, deployment }: Chain, account: Hex): Promise<'checked' | 'said'> {
  const registry = { address: deployment.contracts.verifierRegistry, abi: verifierRegistryAbi } as const;
  const stake = await publicClient.readContract({ ...registry, functionName: 'stakeOf', args: [account] });
  return stake > 0n ? 'checked' : 'said';
}
