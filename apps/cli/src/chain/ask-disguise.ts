import {
  claimCourtAbi,
  licenseRegistryAbi,
  modelRegistryAbi,
  parametersAbi,
  verifierRegistryAbi,
} from '@oml/contracts/abis';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import type { DisguiseBundle } from '@oml/protocol/wire/disguise-bundle';
import type { Chain } from '@oml/service/chain';
import { isAddressEqual, zeroAddress } from 'viem';

/** What a bundle says of the chain, or leaves to it, and whether the chain bears it out. */
export interface ChainFact {
  fact: string;
  holds: boolean;
  /** What the chain says instead. */
  why?: string;
}

/** What an offline check of a disguised use takes as said. */
export const TAKEN_AS_SAID = [
  'the draw of the batch',
  'the code book',
  'the score that a claim needs',
  'whose signers these are',
  'that receipts were anchored in time',
  'that their licenses did not name the model',
] as const;

/** Asks the chain all of {@link TAKEN_AS_SAID}, in that order. */
export async function askDisguise(chain: Chain, bundle: DisguiseBundle): Promise<ChainFact[]> {
  const asked = [batchFault, codeBookFault, neededFault, signersFault, anchorsFault, namesFault];
  const whys = await Promise.all(asked.map((ask) => ask(chain, bundle)));
  return TAKEN_AS_SAID.map((fact, i) => ({ fact, holds: whys[i] === undefined, ...(whys[i] ? { why: whys[i] } : {}) }));
}

type Ask = (chain: Chain, bundle: DisguiseBundle) => Promise<string | undefined>;

const batchFault: Ask = async ({ publicClient, deployment }, { batchId, claimant, chain: { batch } }) => {
  const registry = {
    address: deployment.contracts.verifierRegistry,
    abi: verifierRegistryAbi,
    args: [batchId],
  } as const;
  const { verifier } = await publicClient.readContract({ ...registry, functionName: 'batch' });
  if (verifier === zeroAddress) return 'nobody committed such a batch';
  if (!isAddressEqual(verifier, claimant)) return `it is ${verifier}’s`;
  const drawn = await publicClient.readContract({ ...registry, functionName: 'drawOf' }).catch(() => undefined);
  if (!drawn) return 'it is not drawn';
  const [beacon, number] = drawn;
  return beacon === batch.beacon && number === batch.number ? undefined : `it is number ${number}, drawn by ${beacon}`;
};

const codeBookFault: Ask = async ({ publicClient, deployment }, { opening, chain: { codeBook } }) => {
  const models = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi } as const;
  const args = [opening.modelId, opening.release] as const;
  const found = await publicClient.readContract({ ...models, functionName: 'codeBookOf', args }).catch(() => undefined);
  if (!found) return 'there is no such release';
  const [root, beacon, commonSize, bits, number] = found;
  const said = [codeBook.root, codeBook.beacon, codeBook.commonSize, codeBook.bits, codeBook.number];
  const same = [root, beacon, commonSize, bits, number].every((each, i) => String(each) === String(said[i]));
  return same ? undefined : `it has ${commonSize} common keys of ${bits} bits under ${root}, number ${number}`;
};

const neededFault: Ask = async ({ publicClient, deployment }, { opening, needed, chain: { batch } }) => {
  const court = { address: deployment.contracts.claimCourt, abi: claimCourtAbi } as const;
  const args = [opening.modelId, opening.release, batch.number] as const;
  const asked = await publicClient.readContract({ ...court, functionName: 'scoreNeeded', args }).catch(() => undefined);
  return asked === BigInt(needed) ? undefined : `it is ${asked ?? 'unknown'}`;
};

const signersFault: Ask = async ({ publicClient, deployment }, { opening, chain: { signers } }) => {
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  for (const signer of signers) {
    const [account] = await publicClient.readContract({ ...registry, functionName: 'signerOf', args: [signer] });
    if (!isAddressEqual(account, opening.account)) return `${signer} does not sign for ${opening.account}`;
  }
  return undefined;
};

const anchorsFault: Ask = async ({ publicClient, deployment }, { hits }) => {
  const court = { address: deployment.contracts.claimCourt, abi: claimCourtAbi } as const;
  const parameters = { address: deployment.contracts.parameters, abi: parametersAbi } as const;
  const { rules } = await publicClient.readContract({ ...parameters, functionName: 'values' });
  const roots = [...new Set(hits.map(({ evidence }) => evidence.signed.anchorRoot))];
  const at = new Map(
    await Promise.all(
      roots.map(async (root) => {
        const anchoredAt = await publicClient.readContract({ ...court, functionName: 'anchoredAt', args: [root] });
        return [root, BigInt(anchoredAt)] as const;
      }),
    ),
  );
  for (const { index, evidence } of hits) {
    const { anchorRoot, receipt } = evidence.signed;
    const anchored = at.get(anchorRoot)!;
    if (anchored === 0n) return `${anchorRoot} was never anchored`;
    const late = anchored - receipt.answeredAt;
    if (late > BigInt(rules.anchorWindow) || -late > BigInt(rules.anchorLead))
      return `that of item ${index} was anchored ${late} s after its answer`;
  }
  return undefined;
};

/** A license names the model if it is one to serve it, or a descendant, and was in force at the answer. */
const namesFault: Ask = async ({ publicClient, deployment }, { opening, hits }) => {
  const licenses = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const models = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi } as const;
  const answers = new Map(
    hits.map(({ evidence: { signed } }) => [
      `${signed.receipt.licenseId}/${signed.receipt.answeredAt}`,
      signed.receipt,
    ]),
  );
  for (const { licenseId, answeredAt } of answers.values()) {
    if (licenseId === 0n) continue;
    const of = { ...licenses, functionName: 'partiesOf', args: [licenseId] } as const;
    const [account, modelId, , kind] = await publicClient.readContract(of);
    if (!isAddressEqual(account, opening.account) || kind !== TERMS_KIND.SERVE) continue;
    const line = { ...models, functionName: 'isDescendant', args: [modelId, opening.modelId] } as const;
    const inForce = { ...licenses, functionName: 'inForceAt', args: [licenseId, answeredAt] } as const;
    if ((await publicClient.readContract(line)) && (await publicClient.readContract(inForce)))
      return `license ${licenseId} did, at ${answeredAt}`;
  }
  return undefined;
};
