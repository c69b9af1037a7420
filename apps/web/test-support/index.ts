// What the index says of an account, read from the chain's own events: pages ask it under /api.
import { claimCourtAbi, licenseRegistryAbi, modelRegistryAbi, namesAbi } from '@oml/contracts/abis';
import { CLAIM_STATES, OFFENCES } from '@oml/protocol/chain/claim-state';
import { isAddressEqual, type Address, type PublicClient } from 'viem';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { holdingsToText, type Holdings } from '#holdings/holdings.ts';

interface Place {
  publicClient: PublicClient;
  deployment: Deployment;
}

/** Answers `/api/accounts/…` and `/api/health` in this process; everything else goes to the network. */
export function answerAsIndex(place: Place): void {
  const network = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    if (typeof input !== 'string' || !input.startsWith('/api/')) return network(input, init);
    if (input === '/api/health') {
      const head = String(await place.publicClient.getBlockNumber({ cacheTime: 0 }));
      return Response.json({ ok: true, chain: true, index: true, head, indexedBlock: head, lag: 0 });
    }
    return new Response(holdingsToText(await holdingsOf(place, input.split('/').at(-1) as Address)));
  };
}

async function holdingsOf({ publicClient, deployment: { contracts } }: Place, account: Address): Promise<Holdings> {
  const all = { fromBlock: 0n, strict: true } as const;
  const models = { address: contracts.modelRegistry, abi: modelRegistryAbi } as const;
  const licenses = { address: contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const names = { address: contracts.names, abi: namesAbi } as const;
  const court = { address: contracts.claimCourt, abi: claimCourtAbi } as const;
  const isMine = (other: Address) => isAddressEqual(other, account);
  const [minted, accepted, bound, revoked, registered, unpaid] = await Promise.all([
    publicClient.getContractEvents({ ...models, ...all, eventName: 'ModelMinted' }),
    publicClient.getContractEvents({ ...licenses, ...all, eventName: 'LicenseAccepted' }),
    publicClient.getContractEvents({ ...licenses, ...all, eventName: 'SignerBound' }),
    publicClient.getContractEvents({ ...licenses, ...all, eventName: 'SignerRevoked' }),
    publicClient.getContractEvents({ ...names, ...all, eventName: 'NameRegistered' }),
    publicClient.getContractEvents({ ...court, ...all, eventName: 'UnpaidUseClaimed' }),
  ]);
  const owners = await Promise.all(
    minted.map(async ({ args: { modelId } }) => ({
      modelId,
      owner: await publicClient.readContract({ ...models, functionName: 'ownerOf', args: [modelId] }),
    })),
  );
  const own = owners.filter(({ owner }) => isMine(owner));
  const ancestors = async (modelId: bigint) =>
    publicClient.readContract({ ...models, functionName: 'ancestorsOf', args: [modelId] });
  const lines = await Promise.all(owners.map(async ({ modelId }) => ({ modelId, above: await ancestors(modelId) })));
  const isOwn = (modelId: bigint) => own.some((each) => each.modelId === modelId);
  const heirs = lines.filter(({ above }) => above.some(({ modelId }) => isOwn(modelId))).map(({ modelId }) => modelId);
  const told = accepted.map(({ args: { licenseId, modelId, account: host, vault } }) => ({
    licenseId,
    modelId,
    account: host,
    vault,
  }));
  const held = await Promise.all(
    [...new Set(registered.map(({ args: { nameId } }) => nameId))].map(async (nameId) => ({
      nameId,
      ...(await publicClient.readContract({ ...names, functionName: 'nameOf', args: [nameId] })),
    })),
  );
  const claims = await Promise.all(
    unpaid
      .filter(({ args }) => isMine(args.account))
      .map(async ({ args: { claimId, claimant, account: accused }, transactionHash }) => {
        const claim = await publicClient.readContract({ ...court, functionName: 'claim', args: [claimId] });
        return {
          claimId,
          claimant,
          account: accused,
          offence: OFFENCES[claim.offence]!,
          state: CLAIM_STATES[claim.state]!,
          reserved: claim.reach,
          answerBy: new Date(claim.answerBy * 1000),
          revealTx: transactionHash,
        };
      }),
  );
  return {
    models: own.map(({ modelId }) => ({ modelId })),
    licensees: told.filter(({ modelId }) => isOwn(modelId)),
    heirs: told.filter(({ modelId }) => heirs.includes(modelId)),
    licenses: told.filter((license) => isMine(license.account)),
    signers: bound
      .filter(({ args }) => isMine(args.account))
      .map(({ args: { signer } }) => {
        const end = revoked.find(({ args }) => args.signer === signer);
        return { signer, ...(end ? { revokedAt: new Date(end.args.effectiveAt * 1000) } : {}) };
      }),
    claims: claims as Holdings['claims'],
    names: held.filter(({ holder }) => isMine(holder)),
  };
}
