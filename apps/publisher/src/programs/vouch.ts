import { namesAbi, parametersAbi, titleBondsAbi } from '@oml/contracts/abis';
import { defineProgram, end, nextOf, wait } from '@oml/program/define-program';
import { sendOnce } from '@oml/program/look-first';
import { readLogs } from '@oml/program/read-logs';
import { OmlError } from '@oml/protocol/error';
import { nameCommitment, nameId } from '@oml/protocol/evidence/name';
import { formatDollars } from '@oml/protocol/money';
import { ensureAllowance } from '@oml/service/allowance';
import type { Chain } from '@oml/service/chain';
import { trueLogs, wordsOf } from '@oml/service/true-logs';
import {
  encodeEventTopics,
  isAddressEqual,
  keccak256,
  parseEventLogs,
  toHex,
  zeroAddress,
  type Address,
  type Hex,
  type LogTopic,
} from 'viem';

export interface VouchContext {
  chain: Chain;
  /** The most that goes into the title bond of one model, all orders together, in the token's smallest unit. */
  titleBondMost: bigint;
  /** The most that a name may cost, in the token's smallest unit. */
  nameDepositMost: bigint;
}

/** What an owner ordered. */
export interface VouchSubject {
  modelId: bigint;
  owner: Address;
  titleBond: bigint;
  name: string;
}

interface VouchSteps {
  bond: object;
  commit: { attempt: number };
  register: { attempt: number; committedAt: bigint };
  hand: object;
}

const RETRY_MS = 1_000;
const next = nextOf<VouchSteps>();

/**
 * How a publisher vouches for its owner with its own money: it raises the title bond, and registers a name, committed
 * first so that nobody is faster, and hands it over. What was sent is found again; both are the owner's to take out.
 */
export const vouch = defineProgram<VouchSteps, VouchContext, VouchSubject, 'done'>()({
  name: 'vouch',
  first: next('bond', {}),
  steps: {
    async bond({ subject: { modelId, titleBond, name } }, { chain, titleBondMost }) {
      const tx = await raiseBond(chain, { modelId, to: titleBond, most: titleBondMost });
      const said = tx ? { tx, note: `the title bond was raised to ${titleBond}` } : {};
      return name === '' ? end('done', said) : next('commit', { attempt: 0 }, said);
    },

    async commit({ id, subject: { name, owner }, facts: { attempt } }, { chain }) {
      const holder = await holderOf(chain, name);
      if (isAddressEqual(holder, owner)) return end('done', { note: `"${name}" is its owner's already` });
      if (isAddressEqual(holder, chain.account!.address)) return next('hand', {});
      if (holder !== zeroAddress) throw new OmlError('CONFLICT', `"${name}" is held by ${holder}.`);
      const committed = await sendOnce({
        alreadyDone: () => committedAt(chain, commitmentOf(chain, id, name, attempt)),
        send: () =>
          chain.send({ ...namesOf(chain), functionName: 'commit', args: [commitmentOf(chain, id, name, attempt)] }),
      });
      return next('register', { attempt, committedAt: committed.block }, { tx: committed.tx });
    },

    async register({ id, subject: { name, owner }, facts }, { chain, nameDepositMost }) {
      const { publicClient, deployment, account } = chain;
      if ((await publicClient.getBlockNumber()) <= facts.committedAt) return wait(RETRY_MS);
      const { address } = namesOf(chain);
      let tx: Hex | undefined;
      const holder = await sendOnce({
        alreadyDone: async () => {
          const now = await holderOf(chain, name);
          return now === zeroAddress ? undefined : now;
        },
        send: async () => {
          const parameters = { address: deployment.contracts.parameters, abi: parametersAbi } as const;
          const deposit = await publicClient.readContract({ ...parameters, functionName: 'nameDeposit' });
          await ensureAllowance(chain, account!.address, address, deposit);
          const args = [name, 0n, saltOf(id, name, facts.attempt), nameDepositMost];
          tx = (await chain.send({ ...namesOf(chain), functionName: 'register', args })).transactionHash;
        },
      });
      if (isAddressEqual(holder, account!.address)) return next('hand', {}, { tx });
      if (isAddressEqual(holder, owner)) return end('done');
      throw new OmlError('CONFLICT', `${holder} was faster to register "${name}".`);
    },

    async hand({ subject: { name, owner } }, { chain }) {
      let tx: Hex | undefined;
      await sendOnce({
        alreadyDone: async () => isAddressEqual(await holderOf(chain, name), owner) || undefined,
        send: async () => {
          const call = { ...namesOf(chain), functionName: 'transfer', args: [nameId(name), owner] };
          tx = (await chain.send(call)).transactionHash;
        },
      });
      return end('done', { tx, note: `"${name}" is ${owner}'s` });
    },
  },
  /** A commitment that grew too old before it was shown: another one. */
  rescue: (run, { message }) =>
    run.step === 'register' && /CommitmentExpired|UnknownCommitment/.test(message)
      ? next('commit', { attempt: run.facts.attempt + 1 }, { note: 'the commitment expired: committing anew' })
      : undefined,
});

const namesOf = ({ deployment }: Chain) => ({ address: deployment.contracts.names, abi: namesAbi }) as const;

/** Follows from the run: a step that begins again commits the same, and another run something else. */
const saltOf = (runId: string, name: string, attempt: number): Hex => keccak256(toHex(`${runId} ${name} ${attempt}`));

function commitmentOf(chain: Chain, runId: string, name: string, attempt: number): Hex {
  const { chainId, contracts } = chain.deployment;
  const opened = { name, holder: chain.account!.address, salt: saltOf(runId, name, attempt) };
  return nameCommitment(opened, { chainId, names: contracts.names });
}

async function holderOf(chain: Chain, name: string): Promise<Address> {
  const named = { ...namesOf(chain), functionName: 'nameOf', args: [nameId(name)] } as const;
  return (await chain.publicClient.readContract(named)).holder;
}

async function committedAt(chain: Chain, commitment: Hex): Promise<{ block: bigint; tx: Hex } | undefined> {
  const event = { abi: namesAbi, eventName: 'NameCommitted' } as const;
  const topics = encodeEventTopics({ ...event, args: { commitment, by: chain.account!.address } });
  const logs = await logsOf(chain, 'names', topics);
  const [log] = parseEventLogs({ ...event, logs, strict: true });
  return log && { block: log.blockNumber, tx: log.transactionHash };
}

/**
 * Adds what is lacking of a title bond; undefined where nothing is. What an owner takes out again is its own, so that
 * the limit counts all that was ever posted here. Throws UNAUTHORIZED above it.
 */
async function raiseBond(
  chain: Chain,
  { modelId, to, most }: { modelId: bigint; to: bigint; most: bigint },
): Promise<Hex | undefined> {
  const bonds = { address: chain.deployment.contracts.titleBonds, abi: titleBondsAbi } as const;
  const bondNow = async () =>
    (await chain.publicClient.readContract({ ...bonds, functionName: 'titleBondOf', args: [modelId] })).bond;
  let tx: Hex | undefined;
  await sendOnce({
    alreadyDone: async () => (await bondNow()) >= to || undefined,
    send: async () => {
      const lacking = to - (await bondNow());
      if ((await postedBefore(chain, modelId)) + lacking > most)
        throw new OmlError('UNAUTHORIZED', `This publisher posts $${formatDollars(most)} for model ${modelId} in all.`);
      await ensureAllowance(chain, chain.account!.address, bonds.address, lacking);
      tx = (await chain.send({ ...bonds, functionName: 'post', args: [modelId, lacking] })).transactionHash;
    },
  });
  return tx;
}

async function postedBefore(chain: Chain, modelId: bigint): Promise<bigint> {
  const event = { abi: titleBondsAbi, eventName: 'TitleBondPosted' } as const;
  const topics = encodeEventTopics({ ...event, args: { modelId, from: chain.account!.address } });
  const logs = parseEventLogs({ ...event, logs: await logsOf(chain, 'titleBonds', topics), strict: true });
  return logs.reduce((sum, { args }) => sum + args.amount, 0n);
}

function logsOf(chain: Chain, contract: 'names' | 'titleBonds', topics: LogTopic[]) {
  const { publicClient, deployment } = chain;
  const read = trueLogs(chain, { addresses: [deployment.contracts[contract]], topics: wordsOf(topics) });
  return publicClient
    .getBlockNumber()
    .then((toBlock) => readLogs({ fromBlock: BigInt(deployment.deployedAtBlock), toBlock, read }));
}
