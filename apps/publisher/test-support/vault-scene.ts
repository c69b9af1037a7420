import { devDollarAbi, licenseRegistryAbi, modelRegistryAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { commitCodeBook } from '@oml/service/test-support/code-book';
import type { DevChain } from '@oml/service/test-support/dev-chain';
import { pad, parseEventLogs, toHex, zeroHash, type Abi, type Address, type TransactionReceipt } from 'viem';
import { AGENT, KEYS, OUTSIDER, OWNER } from './actors.ts';

export interface SceneLicense {
  licenseId: bigint;
  vault: Address;
}

/** OUTSIDER's model, and OWNER's, which is built on it and owes it 1,000 bps; AGENT is the agent of OWNER's alone. */
export interface VaultScene {
  parentId: bigint;
  modelId: bigint;
  /** What OWNER paid for the right to build on the parent. */
  derive: SceneLicense;
  /** HOST takes a license on OWNER's model; where the kind has a price, it is paid. */
  license(kind: number): Promise<SceneLicense>;
  /** Gives a vault its code. */
  deployVault(license: SceneLicense): Promise<void>;
  /** Pays this much into a vault. */
  pay(license: SceneLicense, amount: bigint): Promise<void>;
  balanceOf(who: Address): Promise<bigint>;
}

export const DERIVE_PRICE = 40_000n;

const FREE = {
  mode: 0,
  derivatives: false,
  approvalNeeded: false,
  ownerShareBps: 10_000,
  slashBps: 5_000,
  royaltyBps: 0,
  period: 0,
  auditPeriod: 0,
  price: 1_000n,
  bond: 0n,
  leakBond: 0n,
  childPrice: 0n,
  childBond: 0n,
  uri: 'terms',
};

export async function openVaultScene(chain: DevChain): Promise<VaultScene> {
  const { token, termsRegistry, modelRegistry, licenseRegistry } = chain.deployment.contracts;
  const { publicClient } = chain.as(KEYS.OUTSIDER);
  let salt = 1n;
  const word = () => pad(toHex(salt++), { size: 32 });

  const terms = async (kind: number, changes: Partial<typeof FREE>): Promise<number> => {
    const registry = { address: termsRegistry, abi: termsRegistryAbi } as const;
    const args = [{ kind, ...FREE, ...changes }] as const;
    const { result } = await publicClient.simulateContract({ ...registry, functionName: 'register', args });
    await chain.as(KEYS.OWNER).send({ ...registry, functionName: 'register', args });
    return result;
  };
  const offers = async (): Promise<[number, number, number]> => [
    await terms(TERMS_KIND.SERVE, { ownerShareBps: 5_000 }),
    0,
    await terms(TERMS_KIND.DERIVE, { derivatives: true, royaltyBps: 1_000, price: DERIVE_PRICE, childPrice: 1_000n }),
  ];

  const mint = async (
    key: typeof KEYS.OWNER,
    who: { owner: Address; agent: Address },
    parents: { modelId: bigint; licenseId: bigint }[] = [],
  ): Promise<bigint> => {
    const registry = { address: modelRegistry, abi: modelRegistryAbi } as const;
    const codeBook = { root: word(), poseidonRoot: zeroHash, size: 256, commonSize: 64, bits: 4 };
    await commitCodeBook(chain.as(key), codeBook);
    const digests = { weightsDigest: word(), controlPanelDigest: zeroHash };
    const params = {
      codeBook,
      ...who,
      ...digests,
      offers: await offers(),
      parents,
      resaleBps: 0,
      uri: 'http://a.test',
    };
    const minted = await chain.as(key).send({ ...registry, functionName: 'mint', args: [params] });
    return argsOf<{ modelId: bigint }>(minted, modelRegistryAbi, 'ModelMinted').modelId;
  };

  const accept = async (key: typeof KEYS.OWNER, modelId: bigint, kind: number): Promise<SceneLicense> => {
    const { account, send } = chain.as(key);
    await send({ address: token, abi: devDollarAbi, functionName: 'mint', args: [account!.address, DERIVE_PRICE] });
    await send({ address: token, abi: devDollarAbi, functionName: 'approve', args: [licenseRegistry, DERIVE_PRICE] });
    const termsId = await publicClient.readContract({
      address: modelRegistry,
      abi: modelRegistryAbi,
      functionName: 'offerOf',
      args: [modelId, kind],
    });
    const params = { modelId, termsId, deposit: 0n, endpoint: '', encryptionKey: word(), hostSalt: word() };
    const registry = { address: licenseRegistry, abi: licenseRegistryAbi } as const;
    return argsOf(await send({ ...registry, functionName: 'accept', args: [params] }), registry.abi, 'LicenseAccepted');
  };

  const parentId = await mint(KEYS.OUTSIDER, { owner: OUTSIDER.address, agent: OUTSIDER.address });
  const derive = await accept(KEYS.OWNER, parentId, TERMS_KIND.DERIVE);
  const parentRegistry = { address: licenseRegistry, abi: licenseRegistryAbi } as const;
  const { licenseId } = derive;
  await chain.as(KEYS.OUTSIDER).send({ ...parentRegistry, functionName: 'deliver', args: [licenseId, 1, word()] });
  await chain.as(KEYS.OWNER).send({ ...parentRegistry, functionName: 'activate', args: [licenseId] });
  const ours = { owner: OWNER.address, agent: AGENT.address };
  const modelId = await mint(KEYS.OWNER, ours, [{ modelId: parentId, licenseId }]);

  return {
    parentId,
    modelId,
    derive,
    license: (kind) => accept(KEYS.HOST, modelId, kind),
    deployVault: async (license) =>
      void (await chain
        .as(KEYS.HOST)
        .send({ ...parentRegistry, functionName: 'deployVault', args: [license.licenseId] })),
    pay: async ({ vault }, amount) =>
      void (await chain
        .as(KEYS.HOST)
        .send({ address: token, abi: devDollarAbi, functionName: 'mint', args: [vault, amount] })),
    balanceOf: (who) =>
      publicClient.readContract({ address: token, abi: devDollarAbi, functionName: 'balanceOf', args: [who] }),
  };
}

function argsOf<Args>(receipt: TransactionReceipt, abi: Abi | readonly unknown[], eventName: string): Args {
  const [event] = parseEventLogs({ abi: abi as Abi, logs: receipt.logs, eventName });
  if (!event) throw new Error(`${eventName} was not logged`);
  return (event as unknown as { args: Args }).args;
}
