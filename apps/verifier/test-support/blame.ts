import { blamesAbi, claimCourtAbi, devDollarAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { CLAIM_STATE } from '@oml/protocol/chain/claim-state';
import { receiptDigest } from '@oml/protocol/signed/receipt';
import { blamedEditionInfo, blamedHitsInfo, type BlamedHitsJson } from '@oml/protocol/wire/blame-evidence';
import { inlineEvidence } from '@oml/protocol/wire/report-evidence';
import { unsignedToJson } from '@oml/protocol/wire/receipt-json';
import { seal } from '@oml/service/seal';
import { until } from '@oml/service/wait';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { maxUint256, type Address, type Hex } from 'viem';
import { freePort, type DevChain } from './dev-chain.ts';
import type { TestHost } from './host.ts';

/** What a host shows a juror instead of an edition; undefined: nothing. */
export type Show = (
  juror: Address,
  shown: { claimId: Hex; licenseId: bigint; keyOf: (juror: Address) => Promise<Hex> },
) => Promise<Uint8Array | undefined>;

export interface Blamed {
  blameId: bigint;
  claimId: Hex;
  stop(): void;
}

/** An edition as a host shows it that has nothing to hide. */
export const shows =
  (container: Uint8Array): Show =>
  async (juror, { claimId, licenseId, keyOf }) =>
    seal(await keyOf(juror), container, blamedEditionInfo(claimId, licenseId));

/** Waits until a claim of disguised use against the account is admitted, and blames what `show` gives for its hits. */
export async function blameClaim(
  chain: DevChain,
  { key, host, show }: { key: Hex; host: TestHost; show: Show },
): Promise<Blamed> {
  const { publicClient, deployment, send, account } = chain.as(key);
  const { blames: address, claimCourt, verifierRegistry, token } = deployment.contracts;
  const court = { address: claimCourt, abi: claimCourtAbi } as const;
  const claim = await until(
    'the claim',
    async () => {
      const filter = { ...court, fromBlock: 0n, strict: true } as const;
      const [log] = await publicClient.getContractEvents({
        ...filter,
        eventName: 'DisguisedUseClaimed',
        args: { account: account!.address },
      });
      if (!log) return undefined;
      const { claimId, claimant, batch } = log.args;
      const { state } = await publicClient.readContract({ ...court, functionName: 'claim', args: [claimId] });
      if (state !== CLAIM_STATE.CONTESTED) return undefined;
      const proven = await publicClient.getContractEvents({ ...filter, eventName: 'ItemsProven', args: { claimId } });
      return { claimId, claimant, batch, digests: proven.flatMap(({ args }) => args.digests) };
    },
    { timeoutMs: 480_000, everyMs: 500 },
  );
  const { claimId, claimant, batch, digests } = claim;
  const adjudicator = { chainId: deployment.chainId, court: claimCourt };
  const answers = new Map(host.answers.map((answer) => [receiptDigest(answer.receipt, adjudicator), answer]));
  const hits = digests.map((digest) => answers.get(digest)!);
  const keyOf = (juror: Address) =>
    publicClient.readContract({
      address: verifierRegistry,
      abi: verifierRegistryAbi,
      functionName: 'encryptionKeyOf',
      args: [juror],
    });

  const app = new Hono();
  const sealed = (bytes: Uint8Array) =>
    new Response(bytes.slice().buffer, { headers: { 'content-type': 'application/octet-stream' } });
  app.get('/hits/:juror', async (c) => {
    const json: BlamedHitsJson = hits.map(({ receipt, body }) => ({ receipt: unsignedToJson(receipt), body }));
    const text = new TextEncoder().encode(JSON.stringify(json));
    return sealed(await seal(await keyOf(c.req.param('juror') as Address), text, blamedHitsInfo(claimId)));
  });
  app.get('/editions/:licenseId/:juror', async (c) => {
    const { licenseId, juror } = c.req.param();
    const bytes = await show(juror as Address, { claimId, licenseId: BigInt(licenseId), keyOf });
    return bytes ? sealed(bytes) : c.body(null, 503);
  });
  const port = await freePort();
  const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' });

  await send({ address: token, abi: devDollarAbi, functionName: 'approve', args: [address, maxUint256] });
  const { evidenceHash, evidenceUri } = inlineEvidence({ url: `http://127.0.0.1:${port}` });
  const receipts = hits.map(({ receipt }) => receipt);
  const args = [claimant, batch, receipts, evidenceHash, evidenceUri];
  await send({ address, abi: blamesAbi, functionName: 'blame', args });
  const filed = { address, abi: blamesAbi, eventName: 'BlameFiled', args: { claimId } } as const;
  const [log] = await publicClient.getContractEvents({ ...filed, fromBlock: 0n, strict: true });
  return { blameId: log!.args.blameId, claimId, stop: () => void server.close() };
}
