import { inspectionPoolsAbi, modelRegistryAbi, termsRegistryAbi, titleBondsAbi } from '@oml/contracts/abis';
import { TERMS_KINDS } from '@oml/protocol/chain/terms';
import { formatDollars } from '@oml/protocol/money';
import type { Chain } from '@oml/service/chain';
import { findModel, listModels, type FoundModel } from '../chain/find-model.ts';
import type { Look } from '../looks.ts';

/** What there is to know of models. */
export const MODEL_LOOKS: readonly Look[] = [
  {
    verb: 'list',
    does: 'list the models of a deployment: id, name, price of a call, owner',
    read: async (chain) => ({ models: await listModels(chain) }),
    tell: ({ models }: { models: FoundModel[] }) =>
      models.length === 0 ? 'There are no models yet.' : models.map(lineOf).join('\n'),
  },
  {
    verb: 'show',
    does: 'show a model: who owns it, what it offers, its release, title bond and inspection pool',
    argument: ['<model>', 'its number, its registered name, or the name on its card'],
    read: async (chain, said) => viewModel(chain, await findModel(chain, said!)),
  },
];

function lineOf({ modelId, name, price, owner }: FoundModel): string {
  const terms = price === undefined ? 'no license to serve' : `$${formatDollars(price)} a call`;
  return [String(modelId).padStart(4), (name ?? '(no card)').padEnd(24), terms.padEnd(20), owner].join('  ');
}

async function viewModel({ publicClient, deployment }: Chain, { modelId, name }: FoundModel) {
  const { modelRegistry, termsRegistry, titleBonds, inspectionPools } = deployment.contracts;
  const registry = { address: modelRegistry, abi: modelRegistryAbi, args: [modelId] } as const;
  const of = { args: [modelId] } as const;
  const [model, owner, payees, markedAt, titleBond, inspectionPool] = await Promise.all([
    publicClient.readContract({ ...registry, functionName: 'model' }),
    publicClient.readContract({ ...registry, functionName: 'ownerOf' }),
    publicClient.readContract({ ...registry, functionName: 'payeesOf' }),
    publicClient.readContract({ ...registry, functionName: 'markedAt' }),
    publicClient.readContract({ address: titleBonds, abi: titleBondsAbi, functionName: 'titleBondOf', ...of }),
    publicClient.readContract({ address: inspectionPools, abi: inspectionPoolsAbi, functionName: 'poolOf', ...of }),
  ]);
  const offers: Record<string, object> = {};
  for (const [kind, termsId] of model.offers.entries()) {
    if (termsId === 0) continue;
    const terms = { address: termsRegistry, abi: termsRegistryAbi, functionName: 'terms', args: [termsId] } as const;
    offers[TERMS_KINDS[kind]!] = { termsId, ...(await publicClient.readContract(terms)) };
  }
  const { agent, release, slashBps, uri } = model;
  const marked = markedAt === 0 ? {} : { markedAt };
  return { modelId, name, owner, agent, release, slashBps, uri, payees, ...marked, offers, titleBond, inspectionPool };
}
