import { codeBookTree, type Leaf } from '@oml/protocol/evidence/code-book';
import { exactPaymentRef } from '@oml/protocol/evidence/payment-ref';
import { signAuthorization } from '@oml/protocol/signed/authorization';
import { signBinding } from '@oml/protocol/signed/signer-binding';
import { network } from 'hardhat';
import { zeroHash, type Address, type Hex } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import Oml from '../ignition/modules/Oml.ts';
import { DEV_RATES } from '../ignition/modules/values.ts';
import { random } from './random.ts';

export const DOLLAR = 1_000_000n;
export const PRICE = 5_000n;
export const DEV_CHAIN_ID = 31337;

export type Market = Awaited<ReturnType<typeof startMarket>>;

export type DeployRates = Record<keyof typeof DEV_RATES, number | bigint>;

/** A fresh chain with OML on it, funded actors, and the steps up to a paid use as functions. */
export async function startMarket(rates: DeployRates = DEV_RATES, funds = 1_000n * DOLLAR) {
  // Chain time follows the wall clock, not the number of transactions: answer windows are seconds long.
  const connection = await network.create({ override: { allowBlocksWithSameTimestamp: true } });
  const { viem, networkHelpers } = connection;
  const contracts = await connection.ignition.deploy(Oml, { parameters: { Oml: rates } });
  const { token, termsRegistry, modelRegistry, licenseRegistry, verifierRegistry, beacon } = contracts;
  // The court's code lies in two contracts; whoever calls it sees one.
  const claimCourt = await viem.getContractAt('IClaimCourt', contracts.claimCourt.address);
  const [TREASURY, OWNER, HOST, VERIFIER, OUTSIDER] = (await viem.getWalletClients()) as Wallets;
  const client = await viem.getPublicClient();
  const buyer = privateKeyToAccount(generatePrivateKey());
  const signer = privateKeyToAccount(generatePrivateKey());

  for (const wallet of [HOST, VERIFIER, OUTSIDER]) {
    await token.write.mint([wallet.account.address, funds]);
    for (const spender of [licenseRegistry, verifierRegistry, claimCourt])
      await token.write.approve([spender.address, 10n ** 18n], { account: wallet.account });
  }
  const fees = 100n * BigInt(rates.codeBookFee);
  for (const wallet of [OWNER, OUTSIDER]) {
    await token.write.mint([wallet.account.address, fees]);
    await token.write.approve([modelRegistry.address, fees], { account: wallet.account });
  }
  await token.write.mint([buyer.address, 1_000n * DOLLAR]);
  await claimCourt.write.deposit([VERIFIER.account.address, 10n * BigInt(rates.claimBond)], {
    account: VERIFIER.account,
  });

  const now = async () => BigInt(await networkHelpers.time.latest());
  const balanceOf = (address: Address) => token.read.balanceOf([address]);

  /** Waits for the round that the latest block's commitment names, and posts it; returns its value. */
  async function postRound() {
    const round = (await client.getBlockNumber()) + (await beacon.read.delay());
    await networkHelpers.mine(3);
    await beacon.write.post([round, '0x']);
    return beacon.read.valueOf([round]);
  }

  async function publish(leaves: readonly Leaf[], changes: { slashBps?: number; bond?: bigint } = {}) {
    const tree = codeBookTree(leaves);
    const size = leaves.length;
    const codeBook = { root: tree.root as Hex, poseidonRoot: zeroHash, size, commonSize: size, bits: leaves[0]!.bits };
    await modelRegistry.write.commitCodeBook([codeBook], { account: OWNER.account });
    await postRound();
    const unused = {
      derivatives: false,
      approvalNeeded: false,
      royaltyBps: 0,
      period: 0,
      auditPeriod: 0,
      leakBond: 0n,
      childPrice: 0n,
      childBond: 0n,
    };
    const terms = {
      kind: 0,
      mode: 0,
      ...unused,
      ownerShareBps: 6_000,
      slashBps: 5_000,
      price: 1_000n,
      bond: 50n * DOLLAR,
      uri: 'terms',
      ...changes,
    };
    const { result: termsId } = await termsRegistry.simulate.register([terms]);
    await termsRegistry.write.register([terms]);
    const digests = { weightsDigest: zeroHash, controlPanelDigest: zeroHash };
    const params = {
      codeBook,
      owner: OWNER.account.address,
      agent: OWNER.account.address,
      ...digests,
      offers: [termsId, 0, 0] as const,
      parents: [],
      resaleBps: 0,
      uri: 'https://publisher.example',
    };
    await modelRegistry.write.mint([params], { account: OWNER.account });
    return modelRegistry.read.modelCount();
  }

  async function bondHost(bond: bigint) {
    await licenseRegistry.write.depositBond([HOST.account.address, bond], { account: HOST.account });
    const consent = await signBinding(signer, HOST.account.address, {
      chainId: DEV_CHAIN_ID,
      licenseRegistry: licenseRegistry.address,
    });
    await licenseRegistry.write.bindSigner([signer.address, consent], { account: HOST.account });
  }

  async function license(modelId: bigint) {
    const termsId = await modelRegistry.read.offerOf([modelId, 0]);
    const params = {
      modelId,
      termsId,
      deposit: 0n,
      endpoint: 'https://host.example',
      encryptionKey: zeroHash,
      hostSalt: zeroHash,
    };
    await licenseRegistry.write.accept([params], { account: HOST.account });
    const licenseId = await licenseRegistry.read.licenseOf([HOST.account.address, modelId, 0]);
    await licenseRegistry.write.deliver([licenseId, 1, zeroHash], { account: OWNER.account });
    await licenseRegistry.write.activate([licenseId], { account: HOST.account });
    await licenseRegistry.write.deployVault([licenseId]);
    return {
      licenseId,
      vault: await viem.getContractAt('RevenueVault', await licenseRegistry.read.vaultOf([licenseId])),
    };
  }

  /** What a buyer signs for one use, as x402 `exact` carries it. */
  async function authorize(vault: Address, value = PRICE) {
    const payment = {
      from: buyer.address,
      value,
      validAfter: 0n,
      validBefore: (await now()) + 86_400n,
      nonce: random(),
    };
    const signature = await signAuthorization({ ...payment, to: vault }, buyer, {
      name: 'Dev Dollar',
      version: '1',
      chainId: DEV_CHAIN_ID,
      verifyingContract: token.address,
    });
    return { payment, signature, paymentRef: exactPaymentRef(token.address, buyer.address, payment.nonce) };
  }

  return {
    ...contracts,
    claimCourt,
    viem,
    networkHelpers,
    client,
    TREASURY,
    OWNER,
    HOST,
    VERIFIER,
    OUTSIDER,
    buyer,
    signer,
    now,
    balanceOf,
    postRound,
    publish,
    bondHost,
    license,
    authorize,
  };
}

type Wallet = Awaited<ReturnType<Awaited<ReturnType<typeof network.create>>['viem']['getWalletClients']>>[number];
type Wallets = [Wallet, Wallet, Wallet, Wallet, Wallet];
