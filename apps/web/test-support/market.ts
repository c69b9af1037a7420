// A real chain with the real contracts, a model and a host on it: what the pages show and press.
import {
  blockBeaconAbi,
  devDollarAbi,
  licenseRegistryAbi,
  modelRegistryAbi,
  termsRegistryAbi,
} from '@oml/contracts/abis';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { signBinding } from '@oml/protocol/signed/signer-binding';
import { commitCodeBook } from '@oml/service/test-support/code-book';
import { devKey, startDevChain } from '@oml/service/test-support/dev-chain';
import {
  createTestClient,
  http,
  keccak256,
  maxUint256,
  parseEventLogs,
  stringToHex,
  zeroHash,
  type Address,
  type Hex,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

export const KEYS = {
  OWNER: devKey(1),
  HOST: devKey(2),
  SIGNER: devKey(3),
  BUYER: devKey(5),
  OUTSIDER: devKey(6),
  VERIFIER: devKey(7),
} as const;
export type Who = keyof typeof KEYS;
export const accountOf = (who: Who) => privateKeyToAccount(KEYS[who]);

export const DOLLAR = 1_000_000n;
const FUNDS = 10_000n * DOLLAR;
const TERMS = {
  mode: 0,
  derivatives: false,
  approvalNeeded: false,
  ownerShareBps: 3_000,
  slashBps: 5_000,
  royaltyBps: 0,
  period: 0,
  auditPeriod: 0,
  price: 1_000n,
  bond: 20n * DOLLAR,
  leakBond: 0n,
  childPrice: 0n,
  childBond: 0n,
  uri: 'terms',
} as const;

export type Market = Awaited<ReturnType<typeof startMarket>>;

/** Everybody has dollars; OWNER has published nothing yet. */
export async function startMarket() {
  const chain = await startDevChain();
  const anvil = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) });
  const { contracts, chainId } = chain.deployment;
  const as = Object.fromEntries(Object.entries(KEYS).map(([who, key]) => [who, chain.as(key)])) as Record<
    Who,
    ReturnType<typeof chain.as>
  >;
  const { publicClient } = as.OWNER;
  for (const who of Object.keys(KEYS) as Who[])
    await as.OUTSIDER.send({
      address: contracts.token,
      abi: devDollarAbi,
      functionName: 'mint',
      args: [accountOf(who).address, FUNDS],
    });
  // Blocks come although nobody sends: some steps wait for the next one.
  let isTicking = true;
  const ticking = setInterval(() => void (isTicking && anvil.mine({ blocks: 1 }).catch(() => undefined)), 400);

  const licenses = { address: contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const models = { address: contracts.modelRegistry, abi: modelRegistryAbi } as const;

  async function registerTerms(
    kind: number,
    changes: Partial<typeof TERMS> | Record<string, unknown> = {},
  ): Promise<number> {
    const register = {
      address: contracts.termsRegistry,
      abi: termsRegistryAbi,
      functionName: 'register',
      args: [{ kind, ...TERMS, ...changes } as never],
    } as const;
    const { result } = await publicClient.simulateContract({ ...register, account: accountOf('OWNER') });
    await as.OWNER.send(register);
    return result;
  }

  interface NewModel {
    offers: readonly [number, number, number];
    parents?: { modelId: bigint; licenseId: bigint }[];
    resaleBps?: number;
  }

  async function publish(who: Who, name: string, { offers, parents = [], resaleBps = 0 }: NewModel): Promise<bigint> {
    const codeBook = { root: keccak256(stringToHex(name)), poseidonRoot: zeroHash, size: 64, commonSize: 32, bits: 4 };
    await commitCodeBook(as[who], codeBook);
    const digest = keccak256(stringToHex(`${name} weights`));
    const params = {
      codeBook,
      owner: accountOf(who).address,
      agent: accountOf(who).address,
      weightsDigest: digest,
      controlPanelDigest: digest,
      offers,
      parents,
      resaleBps,
      uri: 'http://127.0.0.1:1',
    };
    const { logs } = await as[who].send({ ...models, functionName: 'mint', args: [params] });
    return parseEventLogs({ abi: modelRegistryAbi, eventName: 'ModelMinted', logs })[0]!.args.modelId;
  }

  async function accept(
    who: Who,
    modelId: bigint,
    kind: number,
    encryptionKey?: Hex,
  ): Promise<{ licenseId: bigint; vault: Address }> {
    const termsId = await publicClient.readContract({ ...models, functionName: 'offerOf', args: [modelId, kind] });
    const salt = keccak256(stringToHex(`${who} ${modelId}`));
    await approve(who, contracts.licenseRegistry);
    const params = {
      modelId,
      termsId,
      deposit: 60n * DOLLAR,
      endpoint: 'http://127.0.0.1:4301',
      encryptionKey: encryptionKey ?? salt,
      hostSalt: salt,
    };
    const { logs } = await as[who].send({ ...licenses, functionName: 'accept', args: [params] });
    const { licenseId, vault } = parseEventLogs({ abi: licenseRegistryAbi, eventName: 'LicenseAccepted', logs })[0]!
      .args;
    return { licenseId, vault };
  }

  const deliver = (who: Who, licenseId: bigint) =>
    as[who].send({ ...licenses, functionName: 'deliver', args: [licenseId, 1, keccak256(stringToHex('edition'))] });
  const activate = (who: Who, licenseId: bigint) =>
    as[who].send({ ...licenses, functionName: 'activate', args: [licenseId] });
  const approve = (who: Who, spender: Address, amount = maxUint256) =>
    as[who].send({ address: contracts.token, abi: devDollarAbi, functionName: 'approve', args: [spender, amount] });
  const balanceOf = (account: Address) =>
    publicClient.readContract({
      address: contracts.token,
      abi: devDollarAbi,
      functionName: 'balanceOf',
      args: [account],
    });

  async function bindSigner(): Promise<void> {
    const consent: Hex = await signBinding(accountOf('SIGNER'), accountOf('HOST').address, {
      chainId,
      licenseRegistry: contracts.licenseRegistry,
    });
    await as.HOST.send({ ...licenses, functionName: 'bindSigner', args: [accountOf('SIGNER').address, consent] });
  }

  /** Posts a round of the beacon as soon as its block is there. */
  async function postRound(round: bigint): Promise<void> {
    const beacon = { address: contracts.beacon, abi: blockBeaconAbi } as const;
    while ((await publicClient.getBlockNumber({ cacheTime: 0 })) <= round) await anvil.mine({ blocks: 1 });
    if (await publicClient.readContract({ ...beacon, functionName: 'isPosted', args: [round] })) return;
    await as.OUTSIDER.send({ ...beacon, functionName: 'post', args: [round, '0x'] });
  }

  /** Chain time goes on by so many seconds. */
  async function pass(seconds: number): Promise<void> {
    await anvil.increaseTime({ seconds });
    await anvil.mine({ blocks: 1 });
  }

  /** From now on no block comes unless somebody mines it. */
  async function standStill(): Promise<void> {
    isTicking = false;
    await anvil.setAutomine(false);
  }

  /** Blocks come with transactions alone, so that no window of blocks passes on a busy machine; then again by time. */
  const tick = (isOn: boolean): void => void (isTicking = isOn);

  const stop = async () => {
    clearInterval(ticking);
    await chain.stop();
  };
  return {
    ...chain,
    as,
    anvil,
    publicClient,
    licenses,
    models,
    registerTerms,
    publish,
    accept,
    deliver,
    activate,
    approve,
    balanceOf,
    bindSigner,
    postRound,
    standStill,
    tick,
    pass,
    stop,
    KIND: TERMS_KIND,
  };
}
