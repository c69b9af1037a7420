import { parametersAbi } from '@oml/contracts/abis';
import { one, type Act, type View } from '../act.ts';
import { address, amount, KIND, MODEL, number, SHARES, text } from '../args.ts';
import { fromFile } from '../from-file.ts';
import { PRICE_ACT } from '../price.ts';
import { payoutSteps, servingLicenses } from '../vaults.ts';

const OWNER = 'the model’s owner';
const OWNER_OR_AGENT = 'the model’s owner or agent';
const ANYONE = 'anyone';
const NEW_OWNER = 'its owner to be, or the agent that publishes for it';

const codeBookFee = ({ chain }: View): Promise<bigint> =>
  chain.publicClient.readContract({
    address: chain.deployment.contracts.parameters,
    abi: parametersAbi,
    functionName: 'codeBookFee',
  });

/** Everything that a model lets its owner, its agent and others do. */
export const MODEL_ACTS: readonly Act[] = [
  PRICE_ACT,
  one(
    'offer',
    'modelRegistry.setOffer',
    [MODEL, KIND, number('terms', 'their number: oml model terms registers them')],
    {
      does: 'offer new licensees of a kind these terms',
      who: OWNER,
    },
  ),
  {
    verb: 'pause',
    does: 'take no new licensees of a kind; licenses that stand go on',
    who: OWNER,
    takes: [MODEL, KIND],
    calls: ['modelRegistry.setOffer'],
    next: 'oml model offer MODEL KIND TERMS takes it up again',
    steps: async ([modelId, kind]) => [{ contract: 'modelRegistry', calls: 'setOffer', args: [modelId, kind, 0] }],
  },
  fromFile('terms', 'termsRegistry.register', [], {
    does: 'register terms, for any model to offer; they never change',
    who: ANYONE,
    next: 'oml model offer MODEL KIND TERMS',
  }),
  fromFile('commit', 'modelRegistry.commitCodeBook', [], {
    does: 'commit a code book to the beacon; burns a fee',
    who: NEW_OWNER,
    next: 'oml verifier beacon ROUND once the round is there, then oml model mint or release',
    draws: (_, view) => codeBookFee(view),
  }),
  fromFile('mint', 'modelRegistry.mint', [], { does: 'mint the model of a committed code book', who: NEW_OWNER }),
  fromFile('release', 'modelRegistry.release', [MODEL], {
    does: 'add a release, with a grace period in which licensees move to it',
    who: OWNER_OR_AGENT,
    next: 'oml license deliver for each license; the publisher’s agent does it by itself',
  }),
  {
    verb: 'payees',
    does: 'share the owner’s part among others; takes the place of what was said before',
    who: OWNER,
    takes: [MODEL, SHARES],
    calls: ['modelRegistry.setPayees'],
    steps: async ([modelId, payees = []]) => [
      { contract: 'modelRegistry', calls: 'setPayees', args: [modelId, payees] },
    ],
  },
  {
    verb: 'payout',
    does: 'pay the owner’s part out of the vaults of all licenses to serve it',
    who: ANYONE,
    takes: [MODEL],
    calls: ['revenueVault.distribute', 'revenueVault.payOwner'],
    idle: 'Nothing is due to the owner.',
    async steps([modelId], { chain }) {
      const licenses = await servingLicenses(chain, { modelId: modelId as bigint });
      const steps = await Promise.all(licenses.map((licenseId) => payoutSteps(chain, licenseId, ['owner'])));
      return steps.flat();
    },
  },
  one('agent', 'modelRegistry.setAgent', [MODEL, address('agent', 'who publishes for you')], {
    does: 'name who delivers editions and adds releases in your place',
    who: OWNER,
  }),
  one('uri', 'modelRegistry.setUri', [MODEL, text('uri', 'where its publisher answers')], {
    does: 'say where the model’s publisher answers',
    who: OWNER,
  }),
  one('resale', 'modelRegistry.setResale', [MODEL, address('receiver', 'of the share'), number('bps', 'of 10,000')], {
    does: 'hand the share of resales (ERC-2981) on, or lower it',
    who: 'its receiver',
  }),
  {
    verb: 'transfer',
    does: 'give the model, and all that its owner earns, to somebody else',
    who: OWNER,
    takes: [MODEL, address('to', 'its new owner')],
    calls: ['modelRegistry.transferFrom'],
    steps: async ([modelId, to], { me }) => [
      { contract: 'modelRegistry', calls: 'transferFrom', args: [me, to, modelId] },
    ],
  },
  one('bond post', 'titleBonds.post', [MODEL, amount('amount', 'of the title bond')], {
    does: 'add to the title bond that pays where an edition answers for another model',
    who: ANYONE,
    draws: ([, posted]) => posted as bigint,
  }),
  one('bond announce', 'titleBonds.announceExit', [MODEL, amount('amount', 'that is to leave')], {
    does: 'announce that a part of the title bond leaves',
    who: OWNER,
    next: 'oml model bond withdraw MODEL, once the exit is ripe',
  }),
  one('bond withdraw', 'titleBonds.withdraw', [MODEL], { does: 'take out what is ripe of the title bond', who: OWNER }),
  one('pool feed', 'inspectionPools.feed', [MODEL], {
    does: 'put money that was sent to the inspection pools into that of a model',
    who: ANYONE,
  }),
  fromFile('pool pay', 'inspectionPools.payBatch', [address('verifier', 'who opened the batch')], {
    does: 'pay a verifier out of the inspection pool for a batch that it opened',
    who: OWNER_OR_AGENT,
  }),
];
