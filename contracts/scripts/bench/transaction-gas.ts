import { privateKeyToAccount } from 'viem/accounts';
import { encodeAbiParameters, keccak256, zeroHash, type Address, type Hex } from 'viem';
import { codeBookTree } from '@oml/protocol/evidence/code-book';
import { channelAddresses, placeChannels } from '../channels.mjs';
import { claimDisguisedUse, type DisguisedClaim } from './claim-gas.ts';
import { makeLeaves } from '../../testing/leaves.ts';
import { DOLLAR, PRICE } from '../../testing/market.ts';
import { random } from '../../testing/random.ts';
import { startStack, type Stack } from '../../testing/stack.ts';

/** Common keys of the measured code book: proofs of 10 hashes. */
const KEYS = 1_024;
const CHARGE = 4_000_000n;

export type TransactionGas = Readonly<Record<string, number>>;

/**
 * Gas of whole transactions, as a chain charges it, on a fresh Hardhat network with the real deployment and the dev
 * dollar.
 */
export async function measureTransactionGas(): Promise<{ gas: TransactionGas; disguised: DisguisedClaim[] }> {
  const stack = await startStack();
  await placeChannels(stack.client);
  const gas: Record<string, number> = {};
  const note = async (row: string, hash: Promise<Hex>) => {
    const { gasUsed, status } = await stack.client.getTransactionReceipt({ hash: await hash });
    if (status !== 'success') throw new Error(`${row} was reverted`);
    gas[row] = (gas[row] ?? 0) + Number(gasUsed);
  };
  const model = await publishChild(stack, note);
  const { licenseId, vault } = await acceptAndServe(stack, note, model.modelId);
  await acceptWithLeakBond(stack, note, model.modelId);
  await payAndSplit(stack, note, vault, model.parentId);
  await useChannels(stack, note, vault.address);
  await claimUnpaidUse(stack, note, licenseId);
  const disguised = [];
  for (const bits of [3, 4, 5, 6]) disguised.push(await claimDisguisedUse(stack, bits));
  return { gas, disguised };
}

type Note = (row: string, hash: Promise<Hex>) => Promise<void>;
const quietly: Note = async (_, hash) => void (await hash);

/** A parent of OWNER, and a child of OUTSIDER that owes it royalties. */
async function publishChild(stack: Stack, note: Note) {
  const { OWNER, OUTSIDER, HOST, modelRegistry, licenseRegistry, termsRegistry } = stack;
  const parentId = await stack.publish(makeLeaves(KEYS));
  const terms = {
    kind: 2,
    mode: 0,
    derivatives: true,
    approvalNeeded: false,
    ownerShareBps: 10_000,
    slashBps: 5_000,
    royaltyBps: 1_000,
    period: 0,
    auditPeriod: 0,
    price: DOLLAR,
    bond: 0n,
    leakBond: 0n,
    childPrice: 1_000n,
    childBond: 50n * DOLLAR,
    uri: 'terms',
  };
  const { result: termsId } = await termsRegistry.simulate.register([terms]);
  await note('registerTerms', termsRegistry.write.register([terms]));
  await modelRegistry.write.setOffer([parentId, 2, termsId], { account: OWNER.account });
  const params = { modelId: parentId, termsId, deposit: 0n, endpoint: '', encryptionKey: zeroHash, hostSalt: zeroHash };
  await licenseRegistry.write.accept([params], { account: OUTSIDER.account });
  const right = await licenseRegistry.read.licenseOf([OUTSIDER.account.address, parentId, 2]);
  await licenseRegistry.write.deliver([right, 1, zeroHash], { account: OWNER.account });
  await licenseRegistry.write.activate([right], { account: OUTSIDER.account });

  const leaves = makeLeaves(KEYS);
  const codeBook = {
    root: codeBookTree(leaves).root as Hex,
    poseidonRoot: random(),
    size: KEYS,
    commonSize: KEYS,
    bits: 6,
  };
  const serveTerms = await modelRegistry.read.offerOf([parentId, 0]);
  const mint = {
    codeBook,
    owner: OUTSIDER.account.address,
    agent: HOST.account.address,
    weightsDigest: random(),
    controlPanelDigest: random(),
    offers: [serveTerms, 0, 0] as const,
    resaleBps: 0,
    uri: 'https://publisher.example',
  };
  await note('publishChild', modelRegistry.write.commitCodeBook([codeBook], { account: OUTSIDER.account }));
  await stack.postRound();
  await note(
    'publishChild',
    modelRegistry.write.mint([{ ...mint, parents: [{ modelId: parentId, licenseId: right }] }], {
      account: OUTSIDER.account,
    }),
  );
  const modelId = await modelRegistry.read.modelCount();

  const own = { ...codeBook, root: random() };
  await note('publish', modelRegistry.write.commitCodeBook([own], { account: OWNER.account }));
  await stack.postRound();
  await note(
    'publish',
    modelRegistry.write.mint([{ ...mint, codeBook: own, owner: OWNER.account.address, parents: [] }], {
      account: OWNER.account,
    }),
  );
  const next = { ...own, root: random() };
  await modelRegistry.write.commitCodeBook([next], { account: OWNER.account });
  await stack.postRound();
  const release = { codeBook: next, weightsDigest: random(), controlPanelDigest: random(), gracePeriod: 86_400 };
  await note('release', modelRegistry.write.release([modelId + 1n, release], { account: OWNER.account }));
  return { modelId, parentId, leaves };
}

/** A new host: its bond comes with the acceptance. */
async function acceptAndServe(stack: Stack, note: Note, modelId: bigint) {
  const { HOST, licenseRegistry, modelRegistry, viem } = stack;
  const termsId = await modelRegistry.read.offerOf([modelId, 0]);
  const params = {
    modelId,
    termsId,
    deposit: 200n * DOLLAR,
    endpoint: 'https://host.example',
    encryptionKey: random(),
    hostSalt: random(),
  };
  await note('acceptLicense', licenseRegistry.write.accept([params], { account: HOST.account }));
  const licenseId = await licenseRegistry.read.licenseOf([HOST.account.address, modelId, 0]);
  // HOST is the agent of the model.
  await note('deliver', licenseRegistry.write.deliver([licenseId, 1, random()], { account: HOST.account }));
  await note('activate', licenseRegistry.write.activate([licenseId], { account: HOST.account }));
  await note('deployVault', licenseRegistry.write.deployVault([licenseId]));
  await stack.bondHost(DOLLAR); // and its signer
  return {
    licenseId,
    vault: await viem.getContractAt('RevenueVault', await licenseRegistry.read.vaultOf([licenseId])),
  };
}

/** Another new host, of terms that ask for a leak bond, too. */
async function acceptWithLeakBond(
  { OUTSIDER, VERIFIER, licenseRegistry, modelRegistry, termsRegistry }: Stack,
  note: Note,
  modelId: bigint,
) {
  const child = { childPrice: 0n, childBond: 0n };
  const unused = { derivatives: false, approvalNeeded: false, royaltyBps: 0, period: 0, auditPeriod: 0, ...child };
  const terms = {
    kind: 0,
    mode: 0,
    ...unused,
    ownerShareBps: 6_000,
    slashBps: 5_000,
    price: 1_000n,
    bond: 50n * DOLLAR,
    leakBond: 20n * DOLLAR,
    uri: 'terms',
  };
  const { result: termsId } = await termsRegistry.simulate.register([terms]);
  await termsRegistry.write.register([terms]);
  await modelRegistry.write.setOffer([modelId, 0, termsId], { account: OUTSIDER.account });
  const params = {
    modelId,
    termsId,
    deposit: 200n * DOLLAR,
    endpoint: 'https://host.example',
    encryptionKey: random(),
    hostSalt: random(),
  };
  await note('acceptLeakBond', licenseRegistry.write.accept([params], { account: VERIFIER.account }));
}

type Vault = Awaited<ReturnType<typeof acceptAndServe>>['vault'];

async function payAndSplit({ authorize }: Stack, note: Note, vault: Vault, parentId: bigint) {
  for (const row of ['distributeFirst', 'distribute']) {
    const { payment, signature } = await authorize(vault.address, DOLLAR);
    await note(row === 'distribute' ? 'bookExact' : 'bookExactFirst', vault.write.bookExact([payment, signature]));
    await note(row, vault.write.distribute());
  }
  await note('payHost', vault.write.payHost());
  await note('payOwnerFirst', vault.write.payOwner());
  await note('payAncestor', vault.write.payAncestor([parentId]));
  await note('payProtocol', vault.write.payProtocol());
  const { payment, signature } = await authorize(vault.address, DOLLAR);
  await vault.write.bookExact([payment, signature]);
  await vault.write.distribute();
  await note('payOwner', vault.write.payOwner());
}

/** Eleven channels into the vault: one collected alone, ten at once; then one more through the vault. */
async function useChannels(stack: Stack, note: Note, vaultAddress: Address) {
  const { HOST, buyer, token, now, viem } = stack;
  const channels = await viem.getContractAt('BatchSettlement', channelAddresses.batchSettlement as Address);
  const vault = await viem.getContractAt('RevenueVault', vaultAddress);
  const session = privateKeyToAccount(random());
  const rows: { config: Parameters<typeof channels.read.getChannelId>[0][0]; id: Hex; signature: Hex }[] = [];
  for (let i = 0; i < 22; i++) {
    const config = {
      payer: buyer.address,
      payerAuthorizer: session.address,
      receiver: vaultAddress,
      receiverAuthorizer: i > 10 && i < 21 ? vaultAddress : HOST.account.address,
      token: token.address,
      withdrawDelay: 172_800,
      salt: random(),
    };
    const id = await channels.read.getChannelId([config]);
    const collectorData = await authorizeDeposit(stack, id, await now());
    await (i === 0 ? note : quietly)(
      'depositTransaction',
      channels.write.deposit([config, 5n * DOLLAR, channelAddresses.depositCollector as Address, collectorData]),
    );
    const signature = await session.sign({ hash: await channels.read.getVoucherDigest([id, CHARGE]) });
    rows.push({ config, id, signature });
  }
  const claimOf = ({ config, signature }: (typeof rows)[number]) => ({
    voucher: { channel: config, maxClaimableAmount: CHARGE },
    signature,
    totalClaimed: CHARGE,
  });
  const rowOf = ({ config, signature }: (typeof rows)[number]) => ({
    config,
    maxClaimableAmount: CHARGE,
    totalClaimed: CHARGE,
    signature,
  });
  const asHost = { account: HOST.account };
  await channels.write.claim([[claimOf(rows[21]!)]], asHost); // a receiver's very first claim writes one slot more
  await note('collect1Transaction', channels.write.claim([[claimOf(rows[0]!)]], asHost));
  await note('collect10Transaction', channels.write.claim([rows.slice(1, 11).map(claimOf)], asHost));
  await note('settleTransaction', channels.write.settle([vaultAddress, token.address]));
  await note('book', vault.write.book([rows[0]!.config]));
  await note('collectAndBook1', vault.write.collectAndBook([[rowOf(rows[11]!)]], asHost));
  await note('collectAndBook9', vault.write.collectAndBook([rows.slice(12, 21).map(rowOf)], asHost));
  await note('refund', vault.write.refund([rowOf(rows[11]!)], asHost));
}

async function claimUnpaidUse(stack: Stack, note: Note, licenseId: bigint) {
  const { claimCourt, VERIFIER, OUTSIDER, networkHelpers } = stack;
  await note(
    'depositClaimBonds',
    claimCourt.write.deposit([VERIFIER.account.address, 50n * DOLLAR], { account: VERIFIER.account }),
  );
  const [first, second] = [await oneUse(stack, licenseId), await oneUse(stack, licenseId)];
  for (const [row, evidence] of [
    ['claimUnpaid', first],
    ['claimUnpaidJoining', second],
  ] as const) {
    const reveal = await stack.commitUnpaid(evidence);
    await note(row, reveal());
  }
  await networkHelpers.time.increase(3_600);
  const told = [[first.signed.receipt], VERIFIER.account.address, first.nonceSalt] as const;
  await note('finaliseUnpaid', claimCourt.write.finaliseUnpaidUse([...told], { account: OUTSIDER.account }));
  await stack.finaliseUnpaid(second);
  const third = await oneUse(stack, licenseId); // in a pot of its own, where an account had one before
  await note('claimUnpaidLater', (await stack.commitUnpaid(third))());
  await note('claimUnpaid16', (await stack.commitUnpaid(...(await someUses(stack, licenseId, 16))))());
  await note('commitClaim', claimCourt.write.commitClaim([random()], { account: VERIFIER.account }));
}

const oneUse = async (stack: Stack, licenseId: bigint) => (await someUses(stack, licenseId, 1))[0]!;

/** As many as one audit pays for, under one anchor. */
async function someUses(stack: Stack, licenseId: bigint, count: number) {
  const uses = [];
  for (let i = 0; i < count; i++) {
    const { paymentRef } = await stack.authorize(stack.HOST.account.address);
    uses.push(await stack.answer({ salt: random(), licenseId, paymentRef, amount: PRICE, cumulative: PRICE }));
  }
  return stack.prove(uses);
}

async function authorizeDeposit({ buyer, token }: Stack, channelId: Hex, now: bigint): Promise<Hex> {
  const salt = BigInt(random());
  const validBefore = now + 86_400n;
  const nonce = keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'uint256' }], [channelId, salt]));
  const types = {
    ReceiveWithAuthorization: [
      'address from',
      'address to',
      'uint256 value',
      'uint256 validAfter',
      'uint256 validBefore',
      'bytes32 nonce',
    ].map((member) => ({ type: member.split(' ')[0]!, name: member.split(' ')[1]! })),
  };
  const signature = await buyer.signTypedData({
    domain: { name: 'Dev Dollar', version: '1', chainId: 31337, verifyingContract: token.address },
    types,
    primaryType: 'ReceiveWithAuthorization',
    message: {
      from: buyer.address,
      to: channelAddresses.depositCollector as Address,
      value: 5n * DOLLAR,
      validAfter: 0n,
      validBefore,
      nonce,
    },
  });
  return encodeAbiParameters(
    [{ type: 'uint256' }, { type: 'uint256' }, { type: 'uint256' }, { type: 'bytes' }],
    [0n, validBefore, salt, signature],
  );
}
