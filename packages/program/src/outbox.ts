import { keccak256, type Address, type Hex, type LocalAccount, type PublicClient } from 'viem';

/** What is to be sent, apart from its nonce and fees. */
export interface Unsigned {
  to: Address;
  data: Hex;
  gas: bigint;
  value?: bigint | undefined;
}

type Fees = { maxFeePerGas: bigint; maxPriorityFeePerGas: bigint } | { gasPrice: bigint };

/** One that was sent and is not known to be in a block. */
interface InFlight {
  unsigned: Unsigned;
  nonce: number;
  fees: Fees;
  /** The first one is what its sender knows; the rest are replacements. */
  hashes: Hex[];
  sentAt: number;
}

export interface OutboxOptions {
  publicClient: PublicClient;
  account: LocalAccount;
  chainId: number;
  /** What is in no block after so long is sent again with a higher fee. */
  stuckAfterMs: number;
}

/** The transactions of one account that are on their way: several nonces at a time. */
export interface Outbox {
  /** Asks the node for what the next signature needs, so that it is there by then. */
  prepare(): Promise<void>;
  /** Takes the next nonce and signs; what it gives back broadcasts, and resolves to the hash. */
  sign(unsigned: Unsigned): Promise<() => Promise<Hex>>;
  /** All hashes under which a transaction was sent, in that order. */
  hashesOf(hash: Hex): readonly Hex[];
  /** The chain is asked again which nonce is next. */
  recount(): void;
}

const FRESH_MS = 1_000;
const LOOK_EVERY_MS = 1_000;
/** What a node already has is sent. */
const KNOWN = /already (?:known|imported)/i;
/** Nodes ask for a tenth more than what is replaced; this is a quarter. */
const raised = (fee: bigint): bigint => fee + fee / 4n + 1n;
const higher = (a: bigint, b: bigint): bigint => (a > b ? a : b);

export function createOutbox({ publicClient, account, chainId, stuckAfterMs }: OutboxOptions): Outbox {
  const { address } = account;
  const inFlight = new Map<number, InFlight>();
  const replaced = new Map<Hex, InFlight>();
  let next: number | undefined;
  let ahead: ReturnType<typeof countNow> | undefined;
  let known: { at: number; fees: Promise<Fees> } | undefined;
  let timer: NodeJS.Timeout | undefined;

  /** Twice the base fee, so that what waits a few full blocks is not stuck; what is not needed is not paid. */
  async function readFees(): Promise<Fees> {
    const [{ baseFeePerGas }, tip] = await Promise.all([
      publicClient.getBlock(),
      publicClient.request({ method: 'eth_maxPriorityFeePerGas' }).then(BigInt, () => 1_000_000_000n),
    ]);
    if (baseFeePerGas === null) return { gasPrice: await publicClient.getGasPrice() };
    return { maxFeePerGas: 2n * baseFeePerGas + tip, maxPriorityFeePerGas: tip };
  }

  function feesNow(): Promise<Fees> {
    if (known && Date.now() - known.at < FRESH_MS) return known.fees;
    const fees = readFees();
    known = { at: Date.now(), fees };
    fees.catch(() => (known = undefined));
    return fees;
  }

  const signed = async ({ to, data, gas, value }: Unsigned, nonce: number, fees: Fees): Promise<Hex> =>
    account.signTransaction({ chainId, to, data, gas, nonce, ...(value === undefined ? {} : { value }), ...fees });

  async function broadcast(serializedTransaction: Hex): Promise<Hex> {
    try {
      return await publicClient.sendRawTransaction({ serializedTransaction });
    } catch (error) {
      if (KNOWN.test((error as { details?: string }).details ?? '')) return keccak256(serializedTransaction);
      throw error;
    }
  }

  /** While something is on its way: forgets what is in a block, and sends again what is stuck. */
  function keepWatch(): void {
    timer ??= setTimeout(() => {
      timer = undefined;
      void lookAround()
        .catch(() => {}) // a node that does not answer is asked again
        .finally(() => inFlight.size > 0 && keepWatch());
    }, LOOK_EVERY_MS).unref();
  }

  async function lookAround(): Promise<void> {
    const mined = await publicClient.getTransactionCount({ address, blockTag: 'latest' });
    for (const nonce of inFlight.keys()) if (nonce < mined) inFlight.delete(nonce);
    if (inFlight.size === 0) return replaced.clear();
    const stuck = [...inFlight.values()].filter(({ sentAt }) => sentAt < Date.now() - stuckAfterMs);
    if (stuck.length === 0) return;
    // A rollback, or a node that forgot, left a gap before them: what is sent next fills it.
    if (mined < Math.min(...inFlight.keys())) next = undefined;
    for (const each of stuck) await replace(each).catch(() => {});
  }

  async function replace(sent: InFlight): Promise<void> {
    const now = await feesNow();
    const { fees: old } = sent;
    const fees: Fees =
      'gasPrice' in now || 'gasPrice' in old
        ? { gasPrice: higher(priceOf(now), raised(priceOf(old))) }
        : {
            maxFeePerGas: higher(now.maxFeePerGas, raised(old.maxFeePerGas)),
            maxPriorityFeePerGas: higher(now.maxPriorityFeePerGas, raised(old.maxPriorityFeePerGas)),
          };
    const serialized = await signed(sent.unsigned, sent.nonce, fees);
    sent.sentAt = Date.now();
    // It counts as sent before it is: whatever the node says, it may get into a block.
    sent.fees = fees;
    sent.hashes.push(keccak256(serialized));
    replaced.set(sent.hashes[0]!, sent);
    await broadcast(serialized);
  }

  const countNow = () => ({
    at: Date.now(),
    nonce: publicClient.getTransactionCount({ address, blockTag: 'pending' }),
  });

  /** With nothing on its way the chain knows best: another process may send for this account. */
  async function nextNonce(): Promise<number> {
    if (inFlight.size > 0 && next !== undefined) return next;
    const counted = ahead && Date.now() - ahead.at < FRESH_MS ? ahead : countNow();
    ahead = undefined;
    return counted.nonce;
  }

  return {
    async prepare() {
      void feesNow().catch(() => {}); // who signs hears of it
      if (inFlight.size > 0 || (ahead && Date.now() - ahead.at < FRESH_MS)) return;
      const counted = countNow();
      ahead = counted;
      await counted.nonce.catch(() => (ahead = undefined));
    },
    async sign(unsigned) {
      const [nonce, fees] = await Promise.all([nextNonce(), feesNow()]);
      next = nonce + 1;
      const serialized = await signed(unsigned, nonce, fees);
      const hash = keccak256(serialized);
      inFlight.set(nonce, { unsigned, nonce, fees, hashes: [hash], sentAt: Date.now() });
      keepWatch();
      return async () => {
        try {
          return await broadcast(serialized);
        } catch (error) {
          inFlight.delete(nonce);
          throw error;
        }
      };
    },
    hashesOf: (hash) => replaced.get(hash)?.hashes ?? [hash],
    recount() {
      next = undefined;
      ahead = undefined;
    },
  };
}

const priceOf = (fees: Fees): bigint => ('gasPrice' in fees ? fees.gasPrice : fees.maxFeePerGas);
