import { modelRegistryAbi } from '@oml/contracts/abis';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { serveTerms } from '@oml/protocol/chain/offered-terms';
import type { PublishRequest } from '@oml/protocol/wire/publish-request';
import { encodeAbiParameters, keccak256, stringToBytes, zeroAddress, type AbiFunction, type PublicClient } from 'viem';
import type { Address, Hex } from '#kit/hex.ts';
import { callOf, type Action, type Who } from './action.ts';
import { readRound, roundActions, type RoundFacts } from './beacon-rounds.ts';
import { contractsOf } from './contracts.ts';
import { countField } from './fields.ts';

/** A code book as the contract commits it, and who does. */
export interface OwnBook {
  committer: Address;
  codeBook: { root: Hex; poseidonRoot: Hex; size: number; commonSize: number; bits: number };
  /** A block before which nothing of it is on chain. */
  since: number;
}

/** What a code book becomes: a model with these terms, or the next release of a model. */
export type Ending = { terms: PublishRequest['terms']; uri: string } | { modelId: bigint; leastGraceDays: number };

const DAY_S = 86_400;
/** Days that licensees have to move, and the most. */
const [GRACE_DAYS, MOST_DAYS] = [14, 365];
/** Of the clean models that chance was measured on, which is none: 2^-bits holds without. */
const NO_PANEL = keccak256(stringToBytes(''));

const CODE_BOOK = [
  { type: 'address' },
  ...(modelRegistryAbi as readonly unknown[] as AbiFunction[]).find(({ name }) => name === 'commitCodeBook')!.inputs,
];

/** `keccak256(abi.encode(committer, codeBook))`: under which the contract keeps a commitment. */
export const commitIdOf = ({ committer, codeBook }: OwnBook): Hex =>
  keccak256(encodeAbiParameters(CODE_BOOK, [committer, codeBook]));

export interface BookFacts {
  fee: bigint;
  /** Once it is committed. */
  beacon?: RoundFacts;
  /** Once it is minted, or released. */
  released?: { modelId: bigint; release: number; weightsDigest: Hex };
}

/** What the chain says of a code book. */
export async function readBook(reader: PublicClient, deployment: Deployment, book: OwnBook): Promise<BookFacts> {
  const { models, parameters } = contractsOf(deployment);
  const events = {
    ...models,
    args: { commitId: commitIdOf(book) },
    fromBlock: BigInt(book.since),
    strict: true,
  } as const;
  const [fee, [committed], [released]] = await Promise.all([
    reader.readContract({ ...parameters, functionName: 'codeBookFee' }),
    reader.getContractEvents({ ...events, eventName: 'CodeBookCommitted' }),
    reader.getContractEvents({ ...events, eventName: 'ModelReleased' }),
  ]);
  return {
    fee,
    ...(committed ? { beacon: await readRound(reader, deployment, committed.args.round) } : {}),
    ...(released ? { released: released.args } : {}),
  };
}

/** Commits a code book, and shows the value that picks its answers once that is due. */
export function bookActions(deployment: Deployment, book: OwnBook, { fee, beacon }: BookFacts): Action[] {
  if (beacon) return roundActions(deployment, beacon);
  const { models } = contractsOf(deployment);
  return [
    {
      id: 'own-commit',
      rows: [7],
      title: 'Commit the code book',
      effect: 'Puts its root on chain before anybody can know which answers it will teach. The fee burns.',
      who: committerOf(book),
      next: 'A later round of the beacon picks the answers; nobody can choose it.',
      steps: () => [
        { call: callOf({ ...models, functionName: 'commitCodeBook', args: [book.codeBook] }), spends: fee },
      ],
    },
  ];
}

const committerOf = ({ committer }: OwnBook): Who => ({ accounts: [committer], word: 'who drew the keys' });

/** Mints a model of a code book whose weights are marked, or adds a release of one. */
export function endingAction(
  reader: Pick<PublicClient, 'simulateContract'>,
  deployment: Deployment,
  { book, weightsDigest, ending }: { book: OwnBook; weightsDigest: Hex; ending: Ending },
): Action {
  const { models, terms } = contractsOf(deployment);
  const { codeBook, committer } = book;
  const digests = { codeBook, weightsDigest, controlPanelDigest: NO_PANEL };
  if ('modelId' in ending)
    return {
      id: 'own-release',
      rows: [8],
      title: 'Release it',
      effect: `Adds these weights as the next release of model ${ending.modelId}.`,
      who: committerOf(book),
      next: 'Deliver an edition of it to every licensee, on the page Own.',
      fields: [
        countField('days', 'Days that licensees have to move', {
          least: ending.leastGraceDays,
          most: MOST_DAYS,
          initial: Math.max(GRACE_DAYS, ending.leastGraceDays),
        }),
      ],
      steps: ({ days }) => [
        {
          call: callOf({
            ...models,
            functionName: 'release',
            args: [ending.modelId, { ...digests, gracePeriod: Number(days) * DAY_S }],
          }),
        },
      ],
    };
  const register = callOf({ ...terms, functionName: 'register', args: [serveTerms(ending.terms)] });
  return {
    id: 'own-mint',
    rows: [7],
    title: 'Mint the model',
    effect: 'Registers the terms, then mints the model to your account, with its digest, code book and terms.',
    who: committerOf(book),
    next: 'Hosts may take licenses; you deliver their editions on the page Own.',
    steps: () => [
      { call: register },
      {
        // Terms that are registered already keep their number: asked again, the contract tells it.
        call: async () => {
          const { result } = await reader.simulateContract({ ...register, account: committer } as never);
          const offers = [Number(result), 0, 0] as const;
          const who = { owner: committer, agent: zeroAddress, parents: [], resaleBps: 0, uri: ending.uri };
          return callOf({ ...models, functionName: 'mint', args: [{ ...digests, ...who, offers }] });
        },
      },
    ],
  };
}
