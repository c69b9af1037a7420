import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BATCH_SETTLEMENT_ADDRESS, ERC3009_DEPOSIT_COLLECTOR_ADDRESS } from '@x402/evm';
import { BatchSettlementEvmScheme as Client, computeChannelId } from '@x402/evm/batch-settlement/client';
import { BatchSettlementEvmScheme as Facilitator } from '@x402/evm/batch-settlement/facilitator';
import { getAddress, type Hex } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { channelAddresses, placeChannels } from '../scripts/channels.mjs';
import { placeMulticall3 } from '../scripts/multicall3.mjs';
import { makeLeaves } from '../testing/leaves.ts';
import { DOLLAR, PRICE } from '../testing/market.ts';
import { startStack } from '../testing/stack.ts';

const NETWORK = 'eip155:31337';
const ONE_DAY = 86_400;
const leaves = makeLeaves(4);

type Payment = Parameters<Facilitator['settle']>[0];
type Signer = ConstructorParameters<typeof Facilitator>[0];
interface ChannelPayload {
  channelConfig: {
    payer: Hex;
    payerAuthorizer: Hex;
    receiver: Hex;
    receiverAuthorizer: Hex;
    token: Hex;
    withdrawDelay: number;
    salt: Hex;
  };
  voucher: { channelId: Hex; maxClaimableAmount: string; signature: Hex };
}

/** A licensed host whose vault is paid through x402's own client and facilitator. */
async function startChannel() {
  const s = await startStack();
  const client = await s.viem.getPublicClient();
  await placeMulticall3(client);
  await placeChannels(client);
  const modelId = await s.publish(leaves);
  await s.bondHost(200n * DOLLAR);
  const { vault } = await s.license(modelId);

  const [RELAYER] = await s.viem.getWalletClients();
  const authorizer = privateKeyToAccount(generatePrivateKey());
  const session = privateKeyToAccount(generatePrivateKey());
  const relay = {
    getAddresses: () => [RELAYER!.account.address],
    readContract: client.readContract.bind(client),
    verifyTypedData: client.verifyTypedData.bind(client),
    writeContract: RELAYER!.writeContract.bind(RELAYER),
    sendTransaction: RELAYER!.sendTransaction.bind(RELAYER),
    waitForTransactionReceipt: client.waitForTransactionReceipt.bind(client),
    getCode: client.getCode.bind(client),
  } as unknown as Signer;
  const facilitator = new Facilitator(relay, authorizer as never);
  const buyerSide = new Client(
    {
      address: s.buyer.address,
      signTypedData: s.buyer.signTypedData,
      readContract: client.readContract.bind(client),
    } as never,
    { voucherSigner: session as never, depositPolicy: { depositMultiplier: 10 } },
  );
  const requirements = {
    scheme: 'batch-settlement',
    network: NETWORK,
    asset: s.token.address,
    amount: PRICE.toString(),
    payTo: vault.address,
    maxTimeoutSeconds: 60,
    extra: { name: 'Dev Dollar', version: '1', receiverAuthorizer: authorizer.address, withdrawDelay: 2 * ONE_DAY },
  } as const;

  const pay = async (): Promise<Payment & { payload: ChannelPayload }> => {
    const { payload } = await buyerSide.createPaymentPayload(2, requirements);
    return { x402Version: 2, accepted: requirements, payload } as never;
  };
  const settle = async (payload: object) => {
    const response = await facilitator.settle(
      { x402Version: 2, accepted: requirements, payload } as never,
      requirements,
    );
    assert.equal(response.success, true, response.errorReason ?? '');
    return response;
  };
  const settlement = await s.viem.getContractAt('BatchSettlement', channelAddresses.batchSettlement);
  return { ...s, vault, session, facilitator, requirements, pay, settle, settlement };
}

/** What the server hands to the facilitator once it has charged `total` of a voucher. */
function claimOf({ payload }: { payload: ChannelPayload }, total: bigint) {
  const { channelConfig: channel, voucher } = payload;
  return {
    voucher: { channel, maxClaimableAmount: voucher.maxClaimableAmount },
    signature: voucher.signature,
    totalClaimed: total.toString(),
  };
}

describe('the channel contract of a dev chain, under the official client and facilitator', () => {
  it('stands where they look for it', () => {
    assert.equal(getAddress(channelAddresses.batchSettlement), getAddress(BATCH_SETTLEMENT_ADDRESS));
    assert.equal(getAddress(channelAddresses.depositCollector), getAddress(ERC3009_DEPOSIT_COLLECTOR_ADDRESS));
  });

  it('takes a deposit, a voucher, a claim and a settlement, and the vault books it', async () => {
    const s = await startChannel();
    const first = await s.pay();
    assert.equal((await s.facilitator.verify(first, s.requirements)).isValid, true);
    await s.settle(first.payload);
    const { channelConfig, voucher } = first.payload;
    assert.equal(channelConfig.payerAuthorizer, s.session.address);
    assert.equal(await s.settlement.read.getChannelId([channelConfig]), computeChannelId(channelConfig, NETWORK));
    assert.deepEqual(await s.settlement.read.channels([voucher.channelId]), [10n * PRICE, 0n]);

    const { isValid, invalidReason } = await s.facilitator.verify(
      { ...first, payload: { type: 'voucher', channelConfig, voucher } } as never,
      s.requirements,
    );
    assert.equal(isValid, true, invalidReason ?? '');
    const charged = PRICE - 1n; // less than the voucher allows
    await s.settle({ type: 'claim', claims: [claimOf(first, charged)] });
    assert.deepEqual(await s.settlement.read.channels([voucher.channelId]), [10n * PRICE, charged]);
    await s.settle({ type: 'settle', receiver: s.vault.address, token: s.token.address });
    assert.equal(await s.balanceOf(s.vault.address), charged);

    await s.vault.write.book([channelConfig]);
    assert.equal(await s.vault.read.booked([voucher.channelId, s.session.address]), charged);
  });

  it('gives back through a signed refund what was not charged, and never twice', async () => {
    const s = await startChannel();
    const first = await s.pay();
    await s.settle(first.payload);
    const before = await s.balanceOf(s.buyer.address);
    const { channelConfig, voucher } = first.payload;
    const refund = {
      type: 'refund',
      channelConfig,
      voucher,
      amount: (9n * PRICE).toString(),
      refundNonce: '0',
      claims: [claimOf(first, PRICE)],
    };
    await s.settle(refund);
    assert.equal((await s.balanceOf(s.buyer.address)) - before, 9n * PRICE);
    assert.deepEqual(await s.settlement.read.channels([voucher.channelId]), [PRICE, PRICE]);
    const again = await s.facilitator.settle({ ...first, payload: refund } as never, s.requirements);
    assert.equal(again.success, false);
  });

  it('is collected by the host itself, in whose name the vault claims', async () => {
    const s = await startChannel();
    const first = await s.pay();
    await s.settle(first.payload);
    const { channelConfig, voucher } = first.payload;
    const row = {
      config: channelConfig,
      maxClaimableAmount: BigInt(voucher.maxClaimableAmount),
      totalClaimed: PRICE,
      signature: voucher.signature,
    };
    await s.vault.write.collectAndBook([[row]], { account: s.HOST.account });
    await s.settlement.write.settle([s.vault.address, s.token.address]);
    await s.vault.write.distribute();
    assert.deepEqual(await s.vault.read.buckets(), {
      protocolFee: 125n,
      pool: 125n,
      lineage: 0n,
      owner: 2_850n,
      host: 1_900n,
    });
  });

  it('refuses a voucher that another key signed', async () => {
    const s = await startChannel();
    const first = await s.pay();
    await s.settle(first.payload);
    const forged = await s.buyer.signTypedData({
      domain: {
        name: 'x402 Batch Settlement',
        version: '1',
        chainId: 31337,
        verifyingContract: BATCH_SETTLEMENT_ADDRESS,
      },
      types: {
        Voucher: [
          { name: 'channelId', type: 'bytes32' },
          { name: 'maxClaimableAmount', type: 'uint128' },
        ],
      },
      primaryType: 'Voucher',
      message: { channelId: first.payload.voucher.channelId, maxClaimableAmount: PRICE },
    });
    const claims = [{ ...claimOf(first, PRICE), signature: forged }];
    const response = await s.facilitator.settle(
      { ...first, payload: { type: 'claim', claims } } as never,
      s.requirements,
    );
    assert.equal(response.success, false);
    assert.deepEqual(await s.settlement.read.channels([first.payload.voucher.channelId]), [10n * PRICE, 0n]);
  });
});
