import { isOmlError, OmlError } from '@oml/protocol/error';
import {
  BaseError,
  concatHex,
  ContractFunctionRevertedError,
  encodeFunctionData,
  maxUint256,
  NonceTooHighError,
  NonceTooLowError,
  WaitForTransactionReceiptTimeoutError,
  type Abi,
  type Address,
  type Hex,
  type LocalAccount,
  type PublicClient,
  type TransactionReceipt,
} from 'viem';
import { setTimeout as sleep } from 'node:timers/promises';
import { mutex } from './mutex.ts';
import { createOutbox } from './outbox.ts';
import { waitForReceipt } from './receipts.ts';

export interface Call {
  address: Address;
  abi: Abi | readonly unknown[];
  functionName: string;
  args?: readonly unknown[] | undefined;
  /** Coin of the chain that goes with it, in wei. */
  value?: bigint;
  /** Bytes behind the call data, which contracts do not read. */
  dataSuffix?: Hex;
}

/** Coin of the chain to an account, and nothing else: no call data that would mark it. */
export const coinTo = (address: Address, value: bigint): Call => ({ address, abi: [], functionName: 'coin', value });

/** A call as viem takes it. */
type Request = Call & { abi: Abi; args: readonly unknown[] };

export interface SendOptions {
  /**
   * Sends without simulating, so that even a call that will revert lands on chain; the receipt then says `reverted`.
   */
  force?: boolean;
  /** Whoever sends it has just simulated it: it is sent beside others, without another look. Needs `gas`. */
  isSimulated?: boolean;
  /** The most gas that it may use, where what the node estimates may be too little by the time it is in a block. */
  gas?: bigint;
  /** What is estimated to use more is not sent: whose code runs in it may burn what another pays. */
  mostGas?: bigint;
}

export interface SenderOptions {
  /** Of a client that knows its chain. */
  publicClient: PublicClient;
  account: LocalAccount;
  /** What `send` throws for a call that was refused, e.g. with the contract's own words. */
  explain: (error: unknown, functionName: string, sender: Address) => Error;
  /** What is in no block after so long is sent again with a higher fee. */
  stuckAfterMs?: number;
}

/** What a receipt is waited for: until it is so many blocks deep, and how long. */
export interface Patience {
  depth?: number;
  timeoutMs?: number;
}

/** One account's transactions. */
export interface Sender {
  address: Address;
  /**
   * Simulates on top of what waits in the pool, and broadcasts; resolves to the hash before it is mined. Where another
   * process was faster, with the nonce or with the same deed, it waits until that is in a block and looks again. Throws
   * what viem throws, CHAIN_REVERTED for more than `mostGas`, or, retryable, CHAIN_UNREACHABLE.
   */
  write(call: Call, options?: SendOptions): Promise<Hex>;
  /**
   * The receipt of what was written, or of what replaced it because it was stuck. Throws what viem throws when that
   * takes over a minute.
   */
  receipt(hash: Hex, patience?: Patience): Promise<TransactionReceipt>;
  /** Writes and waits for one confirmation. Throws CHAIN_REVERTED or, retryable, CHAIN_UNREACHABLE. */
  send(call: Call, options?: SendOptions): Promise<TransactionReceipt>;
  /** Says that something is about to be sent, so that what it needs of the node is there by then. */
  prepare(): Promise<void>;
  /** Waits, for a while, until what this account sent earlier (before a crash, or from elsewhere) is in a block. */
  settled(timeoutMs?: number): Promise<void>;
}

const FORCED_GAS = 3_000_000n;
const RECEIPT_TIMEOUT_MS = 60_000;
const STUCK_AFTER_MS = 30_000;
const TRIES = 5;
const LOOK_EVERY_MS = 200;
/** Where two processes send for one account, the slower one's nonce is taken. */
const NONCE_TAKEN = /nonce (?:too|is too) low|replacement transaction underpriced|already (?:known|imported)/i;

/**
 * Gives nonces one after another, so that they never collide within a process, and counts anew when they did between
 * processes; many transactions are on their way at once.
 */
export function createSender({ publicClient, account, explain, stuckAfterMs = STUCK_AFTER_MS }: SenderOptions): Sender {
  const oneAtATime = mutex();
  const outbox = createOutbox({ publicClient, account, chainId: publicClient.chain!.id, stuckAfterMs });
  /** What is being handed to the node right now. */
  const leaving = new Set<Promise<unknown>>();

  async function refusalOf(request: Request, blockTag: 'pending' | 'latest'): Promise<unknown> {
    const { address: to, value } = request;
    const simulated: Promise<unknown> = isCoin(request)
      ? publicClient.call({ to, value, account, blockTag })
      : publicClient.simulateContract({ ...request, account, blockTag });
    return simulated.then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  /** What is refused for the sake of the pool alone, somebody did already, or the next block decides. */
  async function simulate(request: Request): Promise<void> {
    for (const endsAt = Date.now() + RECEIPT_TIMEOUT_MS; ; await sleep(LOOK_EVERY_MS)) {
      const refusal = await refusalOf(request, 'pending');
      if (refusal === undefined) return;
      const now = isRevert(refusal) ? await refusalOf(request, 'latest') : refusal;
      if (now !== undefined) throw now;
      if (Date.now() > endsAt) throw inPool(request.functionName, refusal);
    }
  }

  async function sign(request: Request, { force, gas, mostGas }: SendOptions): Promise<() => Promise<Hex>> {
    const { address: to, value } = request;
    if (isCoin(request)) {
      const needed = gas ?? (await publicClient.estimateGas({ to, value, account }));
      return outbox.sign({ to, data: '0x', value, gas: needed });
    }
    const needed = gas ?? (force ? FORCED_GAS : await publicClient.estimateContractGas({ ...request, account }));
    if (mostGas !== undefined && needed > mostGas) throw tooDear(request.functionName, needed, mostGas);
    const most = gas === undefined && !force ? withMargin(needed, mostGas) : needed;
    return outbox.sign({
      to,
      data: concatHex([encodeFunctionData(request), request.dataSuffix ?? '0x']),
      value,
      gas: most,
    });
  }

  /** Handed to the node before anything else is looked at, but where somebody has looked already. */
  async function handOver(request: Request, options: SendOptions): Promise<Hex> {
    if (options.isSimulated) {
      const leave = (await oneAtATime(() => sign(request, options)))();
      leaving.add(leave);
      return leave.finally(() => leaving.delete(leave));
    }
    return oneAtATime(async () => {
      await Promise.allSettled(leaving);
      // Counted before it is simulated: whoever does the same in between takes this very nonce, and is noticed.
      await outbox.prepare();
      if (!options.force) await simulate(request);
      return (await sign(request, options))();
    });
  }

  async function write(call: Call, options: SendOptions = {}): Promise<Hex> {
    const request = { ...call, abi: call.abi as Abi, args: call.args ?? [] };
    for (let tries = 1; ; tries++) {
      try {
        return await handOver(request, options);
      } catch (error) {
        outbox.recount();
        const isTaken = isNonceTaken(error);
        if (!isTaken && !isRevert(error)) throw error;
        if (tries === TRIES) throw isTaken ? inPool(call.functionName, error) : error;
        // Whose transaction has the nonce may be this very one of another process: the next look tells.
        await settled();
      }
    }
  }

  const receipt = (hash: Hex, { depth = 1, timeoutMs = RECEIPT_TIMEOUT_MS }: Patience = {}) =>
    waitForReceipt(publicClient, { hashes: () => outbox.hashesOf(hash), depth, timeoutMs });

  async function send(call: Call, options: SendOptions = {}): Promise<TransactionReceipt> {
    const hash = await write(call, options).catch((error: unknown) => {
      throw isOmlError(error) ? error : explain(error, call.functionName, account.address);
    });
    const mined = await receipt(hash).catch((cause: unknown) => {
      throw cause instanceof WaitForTransactionReceiptTimeoutError ? notInBlock(hash, cause) : cause;
    });
    if (mined.status === 'success' || options.force) return mined;
    throw new OmlError('CHAIN_REVERTED', `${call.functionName} reverted on chain after its simulation passed.`, {
      retryable: true,
      details: { transaction: hash },
    });
  }

  const settled = async (timeoutMs = RECEIPT_TIMEOUT_MS): Promise<void> => {
    const { address } = account;
    const sent = await publicClient.getTransactionCount({ address, blockTag: 'pending' });
    for (const endsAt = Date.now() + timeoutMs; Date.now() < endsAt; await sleep(LOOK_EVERY_MS)) {
      const [latest, pending] = await Promise.all([
        publicClient.getTransactionCount({ address, blockTag: 'latest' }),
        publicClient.getTransactionCount({ address, blockTag: 'pending' }),
      ]);
      // Not what is sent while it waits, or an account that is never quiet would wait for ever.
      if (latest >= Math.min(sent, pending)) return;
    }
  };
  return { address: account.address, write, receipt, send, settled, prepare: outbox.prepare };
}

const isCoin = ({ abi }: Request): boolean => abi.length === 0;

/**
 * What a call uses is estimated on the state of now. Others come before it in the block, and a slot that they emptied
 * costs 17,100 more to fill (EIP-2200); what is not used is not paid for.
 */
function withMargin(estimated: bigint, most = maxUint256): bigint {
  const roomy = (estimated * 5n) / 4n + 40_000n;
  return roomy < most ? roomy : most;
}

const tooDear = (functionName: string, needed: bigint, most: bigint): OmlError =>
  new OmlError('CHAIN_REVERTED', `${functionName} would use ${needed} gas: no more than ${most} is paid for it.`);

const notInBlock = (transaction: Hex, cause: unknown): OmlError =>
  new OmlError('CHAIN_UNREACHABLE', 'A transaction that was sent is not in a block yet.', {
    retryable: true,
    details: { transaction },
    cause,
  });

const isRevert = (error: unknown): boolean =>
  error instanceof BaseError && error.walk((e) => e instanceof ContractFunctionRevertedError) !== null;

const inPool = (functionName: string, cause: unknown): OmlError =>
  new OmlError('CHAIN_UNREACHABLE', `${functionName} is held up by a transaction that is in no block yet.`, {
    retryable: true,
    cause,
  });

function isNonceTaken(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  const nonce = error.walk((e) => e instanceof NonceTooLowError || e instanceof NonceTooHighError);
  return nonce !== null || NONCE_TAKEN.test(error.details ?? '');
}
