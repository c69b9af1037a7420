import type { Deployment } from '@oml/protocol/chain/deployment';
import type { Address } from '#kit/hex.ts';
import { callOf, only, timeOf, type Action, type Who } from './action.ts';
import { contractsOf, type Reader } from './contracts.ts';
import { amountOf, dollarsField } from './fields.ts';

/** What the chain says of a title bond now. */
export async function readTitle(reader: Reader, deployment: Deployment, modelId: bigint) {
  const { models, titles, parameters } = contractsOf(deployment);
  const [title, owner, { rules, rates }] = await Promise.all([
    reader.readContract({ ...titles, functionName: 'titleBondOf', args: [modelId] }),
    reader.readContract({ ...models, functionName: 'ownerOf', args: [modelId] }),
    reader.readContract({ ...parameters, functionName: 'values' }),
  ]);
  return { modelId, owner: owner as Address, ...title, exitWindow: rules.exitWindow, least: rates.minTitleBond };
}

export type TitleFacts = Awaited<ReturnType<typeof readTitle>>;

/** Anyone adds to a title bond; its owner takes out what no license reserves. */
export function titleActions(deployment: Deployment, facts: TitleFacts): Action[] {
  const { titles } = contractsOf(deployment);
  const { modelId, owner, bond, reserved, exit, exitWindow } = facts;
  const who: Who = { accounts: [owner], word: 'the owner' };
  const free = bond - reserved;
  const ripeAt = timeOf(exit.ripeAt);
  const actions: Action[] = [
    {
      id: `title-post-${modelId}`,
      rows: [43],
      title: 'Post',
      effect: 'Adds to the title bond of this model; it belongs to the model and goes with it.',
      who: 'anyone',
      fields: [dollarsField('Dollars to add')],
      steps: (values) => {
        const amount = amountOf(values);
        return [{ call: callOf({ ...titles, functionName: 'post', args: [modelId, amount] }), spends: amount }];
      },
    },
  ];
  if (free > 0n)
    actions.push({
      id: `title-exit-${modelId}`,
      rows: [43],
      title: 'Ask it back',
      effect: 'Announces that a part leaves: no license reserves it any more.',
      who,
      next: 'Withdraw it once it is ripe; it lapses if you do not.',
      fields: [dollarsField('Dollars to ask back', { most: free, initial: free - exit.amount })],
      steps: (values) => [
        { call: callOf({ ...titles, functionName: 'announceExit', args: [modelId, amountOf(values)] }) },
      ],
    });
  if (exit.amount > 0n && ripeAt)
    actions.push({
      id: `title-withdraw-${modelId}`,
      rows: [43],
      title: 'Withdraw',
      effect: 'Pays the owner what is ripe, as far as no license reserves it.',
      who,
      amount: exit.amount,
      from: ripeAt,
      until: new Date(ripeAt.getTime() + exitWindow * 1000),
      steps: only(callOf({ ...titles, functionName: 'withdraw', args: [modelId] })),
    });
  return actions;
}
