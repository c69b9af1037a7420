import type { Deployment } from '@oml/protocol/chain/deployment';
import { TERMS_KINDS } from '@oml/protocol/chain/terms';
import { dollars } from '@oml/ui/dollars';
import { zeroAddress } from 'viem';
import type { Address } from '#kit/hex.ts';
import { callOf, only, type Action, type Field, type Who } from './action.ts';
import { contractsOf, type Reader } from './contracts.ts';
import { accountField, accountOf, amountOf, bpsOf, countField, payeesOf, priceField } from './fields.ts';

const KIND_WORDS = ['serving it', 'private use', 'building on it'] as const;
const PRICE_WORDS = ['Floor price of a use', 'Price of a period', 'Price of the right'] as const;
const MOST_TERMS = 4_294_967_295;
const WHOLE = 10_000n;

/** What the chain says of a model now. */
export async function readModel(reader: Reader, deployment: Deployment, modelId: bigint) {
  const { models, terms } = contractsOf(deployment);
  const args = [modelId] as const;
  const [model, owner, payees, resale] = await Promise.all([
    reader.readContract({ ...models, functionName: 'model', args }),
    reader.readContract({ ...models, functionName: 'ownerOf', args }),
    reader.readContract({ ...models, functionName: 'payeesOf', args }),
    reader.readContract({ ...models, functionName: 'royaltyInfo', args: [modelId, WHOLE] }),
  ]);
  const offers = await Promise.all(
    model.offers.map(async (termsId) =>
      termsId === 0
        ? undefined
        : { termsId, ...(await reader.readContract({ ...terms, functionName: 'terms', args: [termsId] })) },
    ),
  );
  return { modelId, owner, agent: model.agent, uri: model.uri, payees, resale, offers };
}

export type ModelFacts = Awaited<ReturnType<typeof readModel>>;

/** What the owner of a model can do about it, beside its licenses. */
export function modelActions(reader: Pick<Simulator, 'simulateContract'>, deployment: Deployment, facts: ModelFacts) {
  const who: Who = { accounts: [facts.owner], word: 'the owner' };
  return {
    offers: TERMS_KINDS.flatMap((_, kind) => offerActions(reader, deployment, facts, kind, who)),
    money: moneyActions(deployment, facts, who),
    keys: keyActions(deployment, facts, who),
  };
}

/** What terms an owner registers, as the contract would number them. */
type Simulator = import('viem').PublicClient;

function offerActions(
  reader: Pick<Simulator, 'simulateContract'>,
  deployment: Deployment,
  { modelId, owner, offers }: ModelFacts,
  kind: number,
  who: Who,
): Action[] {
  const { models, terms } = contractsOf(deployment);
  const offer = offers[kind];
  const offerOf = (termsId: number) => callOf({ ...models, functionName: 'setOffer', args: [modelId, kind, termsId] });
  const words = KIND_WORDS[kind]!;
  if (!offer)
    return [
      {
        id: `offer-resume-${modelId}-${kind}`,
        rows: kind === 0 ? [9, 10] : [11],
        title: 'Offer',
        effect: `Offers new licensees terms for ${words}; nothing is offered now.`,
        who,
        fields: [countField('terms', 'Number of the terms', { most: MOST_TERMS })],
        steps: (values) => [{ call: offerOf(Number(values['terms'])) }],
      },
    ];
  const { termsId, ...told } = offer;
  const changed = (price: bigint) => callOf({ ...terms, functionName: 'register', args: [{ ...told, price }] });
  return [
    {
      id: `offer-price-${modelId}-${kind}`,
      rows: kind === 0 ? [9] : [9, 11],
      title: 'Change the price',
      effect: `New licensees for ${words} accept another price than ${dollars(told.price)}; accepted licenses keep theirs.`,
      who,
      fields: [priceField(PRICE_WORDS[kind]!, told.price)],
      steps: (values) => {
        const register = changed(amountOf(values));
        return [
          { call: register },
          {
            // Terms that are registered already keep their number: asked again, the contract tells it.
            call: async () => {
              const { result } = await reader.simulateContract({ ...register, account: owner } as never);
              return offerOf(Number(result));
            },
          },
        ];
      },
    },
    {
      id: `offer-pause-${modelId}-${kind}`,
      rows: kind === 0 ? [10] : [10, 11],
      title: 'Pause',
      effect: `Takes no new licensees for ${words}; terms ${termsId} can be offered again.`,
      who,
      steps: only(offerOf(0)),
    },
  ];
}

function moneyActions(deployment: Deployment, { modelId, payees, resale, owner }: ModelFacts, who: Who): Action[] {
  const { models } = contractsOf(deployment);
  const [receiver, share] = resale;
  const isSplit = payees.length > 1 || payees.some(({ account }) => account !== owner);
  const actions: Action[] = [
    {
      id: `payees-set-${modelId}`,
      rows: [12],
      title: 'Split the revenue',
      effect: 'Your part of every use is paid to these accounts from now on, by their shares.',
      who,
      fields: [payeesField(payees)],
      steps: ({ payees: text = '' }) => [
        { call: callOf({ ...models, functionName: 'setPayees', args: [modelId, payeesOf(text) ?? []] }) },
      ],
    },
  ];
  if (isSplit)
    actions.push({
      id: `payees-clear-${modelId}`,
      rows: [12],
      title: 'Keep it all',
      effect: 'Your part of every use goes to you alone again.',
      who,
      steps: only(callOf({ ...models, functionName: 'setPayees', args: [modelId, []] })),
    });
  if (receiver !== zeroAddress && share > 0n)
    actions.push({
      id: `resale-${modelId}`,
      rows: [13],
      title: 'Change the resale share',
      effect: `${Number(share) / 100} % of resales go to you (ERC-2981); it can be handed on or lowered, never raised.`,
      who: { accounts: [receiver], word: 'who receives it' },
      fields: [
        { ...accountField('Receiver'), initial: receiver },
        {
          name: 'share',
          label: 'Share',
          unit: '%',
          initial: String(Number(share) / 100),
          problem: shareProblem(share),
        },
      ],
      steps: (values) => [
        {
          call: callOf({
            ...models,
            functionName: 'setResale',
            args: [modelId, accountOf(values), bpsOf(values['share'] ?? '') ?? 0],
          }),
        },
      ],
    });
  return actions;
}

const shareProblem = (most: bigint) => (text: string) => {
  const bps = bpsOf(text);
  return bps !== undefined && BigInt(bps) <= most ? undefined : `Percent, at most ${Number(most) / 100}.`;
};

const payeesField = (payees: ModelFacts['payees']): Field => ({
  name: 'payees',
  label: 'Accounts and shares',
  hint: 'One a line: address, space, percent. At most eight, 100 % together.',
  isLong: true,
  initial: payees.map(({ account, bps }) => `${account} ${bps / 100}`).join('\n'),
  problem: (text) => (payeesOf(text) ? undefined : 'Lines of an address and a percentage that add up to 100.'),
});

function keyActions(deployment: Deployment, { modelId, owner, agent, uri }: ModelFacts, who: Who): Action[] {
  const { models } = contractsOf(deployment);
  const own = { ...models } as const;
  return [
    {
      id: `agent-${modelId}`,
      rows: [14],
      title: 'Change the agent',
      effect: 'Another key delivers editions and approves licensees; the one before no longer does.',
      who,
      fields: [{ ...accountField('Address of the publisher’s key'), initial: agent }],
      steps: (values) => [{ call: callOf({ ...own, functionName: 'setAgent', args: [modelId, accountOf(values)] }) }],
    },
    {
      id: `uri-${modelId}`,
      rows: [14],
      title: 'Change the address',
      effect: 'Card, report and editions are asked there from now on.',
      who,
      fields: [{ name: 'uri', label: 'Public address of the publisher', initial: uri, problem: uriProblem }],
      steps: ({ uri: text = '' }) => [
        { call: callOf({ ...own, functionName: 'setUri', args: [modelId, text.trim()] }) },
      ],
    },
    {
      id: `transfer-${modelId}`,
      rows: [15],
      title: 'Transfer',
      effect: `Gives model ${modelId}, its title bond and all that it will earn to somebody else. It can’t be undone.`,
      who,
      fields: [accountField('New owner')],
      steps: (values) => [
        {
          call: callOf({ ...own, functionName: 'transferFrom', args: [owner, accountOf(values), modelId] } as {
            address: Address;
            abi: typeof own.abi;
            functionName: 'transferFrom';
            args: [Address, Address, bigint];
          }),
        },
      ],
    },
  ];
}

const uriProblem = (text: string): string | undefined =>
  /^https?:\/\/\S{3,200}$/.test(text.trim()) ? undefined : 'An address that begins with https://.';
