import { modelRegistryAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { priceFault } from '@oml/protocol/price-guard';
import { encodeAbiParameters, keccak256 } from 'viem';
import type { CommandContext } from '../command.ts';
import { whole } from '../options.ts';
import type { Act, Flags, Step, View } from './act.ts';
import { amount, KIND, MODEL } from './args.ts';
import { inputsOf } from './contracts.ts';

const MOST_TIMES = 1_000_000;

/** Another price for who comes, guarded against slips. */
export const PRICE_ACT: Act = {
  verb: 'price',
  does: 'offer new licensees the same terms at another price; licenses that stand keep theirs',
  who: 'the model’s owner',
  takes: [MODEL, KIND, amount('price', 'of a call (serve), a period (private), or once (derive)')],
  calls: ['termsRegistry.register', 'modelRegistry.setOffer'],
  next: 'oml model show MODEL',
  help: 'A price of nothing, below what parents ask for, or far from the one before is refused without --force.',
  flags: (command) =>
    command
      .option(
        '--most-times <n>',
        'refuse a price more than so many times the one before, or less than so small a part',
        '10',
      )
      .option('--force', 'also a price that looks like a slip'),
  steps: ([modelId, kind, price], view, flags, context) =>
    priceSteps({ modelId: modelId as bigint, kind: kind as number, price: price as bigint }, view, flags, context),
};

interface Asked {
  modelId: bigint;
  kind: number;
  price: bigint;
}

/** The same terms at another price: registered where nobody did yet, then offered. Throws NOT_FOUND, CONFLICT. */
async function priceSteps(
  { modelId, kind, price }: Asked,
  { chain: { publicClient, deployment } }: View,
  flags: Flags,
  { output }: CommandContext,
): Promise<Step[]> {
  const { termsRegistry, modelRegistry } = deployment.contracts;
  const registry = { address: termsRegistry, abi: termsRegistryAbi } as const;
  const models = { address: modelRegistry, abi: modelRegistryAbi, args: [modelId, kind] } as const;
  const termsId = await publicClient.readContract({ ...models, functionName: 'offerOf' });
  if (termsId === 0)
    throw new OmlError('NOT_FOUND', `Model ${modelId} offers no such license: oml model terms, then oml model offer.`);
  const before = await publicClient.readContract({ ...registry, functionName: 'terms', args: [termsId] });
  if (before.price === price) throw new OmlError('CONFLICT', `Model ${modelId} asks that price already.`);
  const least = await publicClient.readContract({ ...models, functionName: 'leastHostingOf' });
  guard({ price, before: before.price, floor: kind === TERMS_KIND.SERVE ? least.price : 0n }, flags);
  output.note(`The price goes from $${formatDollars(before.price)} to $${formatDollars(price)} for new licensees.`);
  const terms = { ...before, price };
  const hash = keccak256(encodeAbiParameters(inputsOf('termsRegistry', 'register'), [terms]));
  const idOf = () => publicClient.readContract({ ...registry, functionName: 'idOf', args: [hash] });
  const known = await idOf();
  const offer = { contract: 'modelRegistry', calls: 'setOffer' } as const;
  if (known !== 0) return [{ ...offer, args: [modelId, kind, known] }];
  const count = await publicClient.readContract({ ...registry, functionName: 'termsCount' });
  return [
    { contract: 'termsRegistry', calls: 'register', args: [terms] },
    // Its number is sure once it stands: others register terms, too.
    { ...offer, args: [modelId, kind, count + 1], argsThen: async () => [modelId, kind, await idOf()] },
  ];
}

/** Throws REQUEST_INVALID for what looks like a slip, unless it is forced. */
function guard({ price, before, floor }: { price: bigint; before: bigint; floor: bigint }, flags: Flags): void {
  const mostTimes = BigInt(whole(flags['mostTimes'] as string, '--most-times', 1, MOST_TIMES));
  const fault = priceFault({ price, floor, beside: { price: before, is: 'that it asks now' }, mostTimes });
  if (fault === undefined || flags['force']) return;
  throw new OmlError('REQUEST_INVALID', `This price looks like a slip: ${fault}. If you mean it, say --force.`);
}
