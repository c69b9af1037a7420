import { claimCourtAbi, devDollarAbi, modelRegistryAbi } from '@oml/contracts/abis';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimCommitment, claimIdOf, unpaidUseHash } from '@oml/protocol/evidence/claim';
import { receiptDigest, receiptSigner } from '@oml/protocol/signed/receipt';
import { decodeReceiptHeader } from '@oml/protocol/wire/receipt-header';
import { createBuyer } from '@oml/sdk/buyer';
import { wrapFetchWithPayment, x402Client } from '@x402/fetch';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { createWalletClient, decodeFunctionData, http, keccak256, stringToBytes, toHex, type Hex } from 'viem';
import { foundry } from 'viem/chains';
import { beforeAll, describe, expect, it } from 'vitest';
import { deploymentPath, root } from '../scripts/stack/layout.ts';
import { actors, adminToken, connectRpc, deployment, hosts, toldChapter, until, urlOf } from './stack.ts';

const BUYER = actors.buyer;
const OUTSIDER = actors.outsider;
const gateway = urlOf(hosts[0]!.part);
const body = JSON.stringify({ model: 'fable', prompt: 'A fox', max_tokens: 4 });
const ask = (headers: Record<string, string> = {}) =>
  fetch(`${gateway}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
const balance = () =>
  connectRpc().readContract({
    address: deployment().contracts.token,
    abi: devDollarAbi,
    functionName: 'balanceOf',
    args: [BUYER.address],
  });

/** Code books on chain, with which every publication begins; the publisher sends other things, too, at any time. */
const committed = async () => {
  const { contracts, deployedAtBlock } = deployment();
  const about = { address: contracts.modelRegistry, abi: modelRegistryAbi, eventName: 'CodeBookCommitted' } as const;
  return (await connectRpc().getContractEvents({ ...about, fromBlock: BigInt(deployedAtBlock) })).length;
};

interface Requirement {
  amount: string;
  payTo: string;
  maxTimeoutSeconds: number;
}
interface Required {
  accepts: Requirement[];
}

describe('bad input gets a clear error with its code, and loses nothing', () => {
  const client = new x402Client();
  let before: bigint;
  beforeAll(async () => {
    client.register(`eip155:${deployment().chainId}`, new ExactEvmScheme(BUYER.account)).setSpendControls({
      allowedAssets: [
        {
          network: `eip155:${deployment().chainId}`,
          asset: deployment().contracts.token,
          maxAmountPerPayment: '100000',
        },
      ],
    });
    before = await balance();
  });

  /** A payment made by the official client from requirements that were tampered with. */
  async function tampered(
    change: (requirement: Requirement) => void,
    repair?: (requirement: Requirement) => void,
  ): Promise<Response> {
    const required = JSON.parse(atob((await ask()).headers.get('payment-required')!)) as Required;
    change(required.accepts[0]!);
    const payment = (await client.createPaymentPayload(required as never)) as unknown as { accepted: Requirement };
    repair?.(payment.accepted);
    return ask({ 'payment-signature': btoa(JSON.stringify(payment)) });
  }

  const refusal = async (answer: Response) => ({
    status: answer.status,
    code: ((await answer.json()) as { code?: string }).code,
  });

  it('a file that is no ONNX', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'no-onnx-'));
    writeFileSync(join(dir, 'model.onnx'), 'this is no model');
    const before = await committed();
    const args = ['--publisher', urlOf('publisher'), '--name', 'junk', '--kind', 'classifier', '--dir', dir, '--json'];
    const out = spawnSync(process.execPath, [join(root, 'apps/publisher/src/publish.ts'), ...args], {
      env: { ...process.env, OWNER_KEY: actors.owner.key, OML_DEPLOYMENT: deploymentPath },
      encoding: 'utf8',
    });
    expect(out.status).toBe(1);
    expect(out.stderr).toMatch(/^MODEL_NOT_ONNX: /m);
    expect(await committed()).toBe(before);
  });

  it('a 402 answered with a short payment', async () => {
    const price = JSON.parse(atob((await ask()).headers.get('payment-required')!)).accepts[0].amount as string;
    const answer = await tampered(
      (requirement) => (requirement.amount = '1'),
      (accepted) => (accepted.amount = price),
    );
    expect(await refusal(answer)).toEqual({ status: 402, code: 'PAYMENT_SHORT' });
  });

  it('an expired authorization', async () => {
    const answer = await tampered(
      (requirement) => (requirement.maxTimeoutSeconds = -5),
      (accepted) => (accepted.maxTimeoutSeconds = 300),
    );
    expect(await refusal(answer)).toEqual({ status: 402, code: 'PAYMENT_EXPIRED' });
  });

  it('a payment to somebody else', async () => {
    const vault = JSON.parse(atob((await ask()).headers.get('payment-required')!)).accepts[0].payTo as string;
    const answer = await tampered(
      (requirement) => (requirement.payTo = OUTSIDER.address),
      (accepted) => (accepted.payTo = vault),
    );
    expect(await refusal(answer)).toMatchObject({ status: 402, code: 'PAYMENT_INVALID' });
  });

  it('nothing of that cost the buyer a unit', async () => {
    expect(await balance()).toBe(before);
  });

  it('a forged receipt is refused by the buyer', async () => {
    const pay = wrapFetchWithPayment(fetch, client);
    const answer = await pay(`${gateway}/v1/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(answer.status).toBe(200);
    const signed = decodeReceiptHeader(answer.headers.get('oml-receipt'));
    const adjudicator = { chainId: deployment().chainId, court: deployment().contracts.claimCourt };
    const honest = await receiptSigner(signed, adjudicator);
    const forged = { ...signed, receipt: { ...signed.receipt, amount: 1n } };
    expect(await receiptSigner(forged, adjudicator)).not.toBe(honest);
    const lying = createBuyer({
      account: BUYER.account,
      publicClient: connectRpc(),
      deployment: deployment(),
      maxAmountPerPayment: 100_000n,
      fetch: async (input, init) => {
        const real = await fetch(input, init);
        const header = real.headers.get('oml-receipt');
        if (!header) return real;
        const json = JSON.parse(atob(header)) as { receipt: { amount: string } };
        json.receipt.amount = '1';
        const headers = new Headers(real.headers);
        headers.set('oml-receipt', btoa(JSON.stringify(json)));
        return new Response(await real.arrayBuffer(), { status: real.status, headers });
      },
    });
    await expect(lying.complete(gateway, { model: 'fable', prompt: 'A fox', maxTokens: 4 })).rejects.toMatchObject({
      code: expect.stringMatching(/^RECEIPT_/),
    });
  });

  it("a stranger's claim: a copied reveal, and the same contents under a commitment of his own", async () => {
    const rpc = connectRpc();
    const { claimCourt } = deployment().contracts;
    const court = { address: claimCourt, abi: claimCourtAbi } as const;
    const reveal = toldChapter<Record<'tardy', { steps: { name: string; tx: Hex }[] }>>('audits')!.tardy.steps.find(
      ({ name }) => name === 'reveal',
    )!;
    const { functionName, args } = decodeFunctionData({
      abi: claimCourtAbi,
      data: (await rpc.getTransaction({ hash: reveal.tx })).input,
    });
    if (functionName !== 'revealUnpaidUse') throw new Error(`the tardy host was claimed by ${functionName}`);
    const [contents, salt] = args;
    await expect(
      rpc.simulateContract({ ...court, functionName, args: [contents, salt], account: OUTSIDER.address }),
    ).rejects.toThrow(/ClaimCourt_UnknownCommitment/);

    const { chainId } = deployment();
    const digests = contents.map(({ signed }) => receiptDigest(signed.receipt, { chainId, court: claimCourt }));
    const claimId = claimIdOf(digests);
    const before = await rpc.readContract({ ...court, functionName: 'claim', args: [claimId] });
    const commitment = claimCommitment({
      chainId,
      court: claimCourt,
      claimant: OUTSIDER.address,
      contentsHash: unpaidUseHash(digests),
      salt,
    });
    const wallet = createWalletClient({ account: OUTSIDER.account, chain: foundry, transport: http(urlOf('chain')) });
    await rpc.waitForTransactionReceipt({
      hash: await wallet.writeContract({ ...court, functionName: 'commitClaim', args: [commitment] }),
    });
    await until('a block after the commitment', async () => {
      const refused = await rpc
        .simulateContract({ ...court, functionName, args: [contents, salt], account: OUTSIDER.address })
        .catch((error: Error) => error.message);
      if (typeof refused !== 'string') throw new Error('a stranger revealed a claim');
      return /ClaimCourt_NotYourNonce/.test(refused) ? true : undefined;
    });
    expect(await rpc.readContract({ ...court, functionName: 'claim', args: [claimId] })).toEqual(before);
  });

  it("a stranger's audit request and probe request", async () => {
    const audit = await fetch(`${urlOf('verifier')}/audits`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${keccak256(stringToBytes(adminToken))}` },
      body: JSON.stringify({ kind: 'paid-use', licenseId: '1' }),
    });
    expect(await refusal(audit)).toEqual({ status: 401, code: 'UNAUTHORIZED' });
    const zero = toHex(0, { size: 32 });
    const probes = await fetch(`${urlOf('publisher')}/probes`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        verifier: OUTSIDER.address,
        batchId: zero,
        opening: {
          account: OUTSIDER.address,
          modelId: '1',
          release: 1,
          licenseIds: [],
          pairsRoot: zero,
          itemCount: '8',
          salt: zero,
        },
        signature: `0x${'11'.repeat(65)}`,
      }),
    });
    expect(probes.status).toBeGreaterThanOrEqual(400);
    expect((await refusal(probes.clone() as Response)).code).toMatch(/UNAUTHORIZED|SIGNATURE_INVALID|NOT_STAKED/);
  });

  it('a missing key in the environment', () => {
    const env = { PATH: process.env['PATH'] ?? '', RPC_URL: urlOf('chain') };
    const out = spawnSync(process.execPath, [join(root, 'apps/gateway/src/main.ts')], { env, encoding: 'utf8' });
    expect(out.status).toBe(1);
    expect(out.stderr + out.stdout).toMatch(/ENV_MISSING.*SIGNER_KEY/s);
  });
});
