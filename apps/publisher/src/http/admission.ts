import { licenseRegistryAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import type { MayPublishJson, PublishingBy, PublishingJson } from '@oml/protocol/wire/publishing';
import type { Chain } from '@oml/service/chain';
import { isAddressEqual, type Address } from 'viem';

export interface AdmissionRule {
  by: PublishingBy;
  /** May always publish. */
  owners: readonly Address[];
  /** Free bond that others must hold, in the token's smallest unit; for `deposit` alone. */
  deposit: bigint;
  /** Whom to ask. */
  contact: string | undefined;
}

/** Who may publish here. It is asked before a byte is uploaded, and again at every order. */
export class Admission {
  private readonly rule: AdmissionRule;
  private readonly chain: Chain;

  constructor(rule: AdmissionRule, chain: Chain) {
    this.rule = rule;
    this.chain = chain;
  }

  /** The rule, for everybody to read. */
  view(): PublishingJson {
    const { by, deposit, contact } = this.rule;
    return { by, deposit: by === 'deposit' ? String(deposit) : null, contact: contact ?? null };
  }

  /** May this address publish, and if not, why? Throws where the chain does not answer. */
  async ask(address: Address): Promise<MayPublishJson> {
    const why = await this.refusal(address);
    return { ...this.view(), address, may: why === null, why };
  }

  /** Throws UNAUTHORIZED, saying why and whom to ask. */
  async check(address: Address): Promise<void> {
    const why = await this.refusal(address);
    if (why !== null) throw new OmlError('UNAUTHORIZED', why);
  }

  private async refusal(address: Address): Promise<string | null> {
    const { by, owners, deposit, contact } = this.rule;
    if (by === 'open' || owners.some((owner) => isAddressEqual(owner, address))) return null;
    const ask = contact === undefined ? 'Run a publisher of your own, or ask its operator' : `Ask ${contact}`;
    if (by === 'invitation')
      return `${address} may not publish here: this publisher takes models by invitation. ${ask}.`;
    const held = await this.freeBond(address);
    if (held >= deposit) return null;
    const needed = formatDollars(deposit);
    return (
      `${address} may not publish here: that takes a free bond of ${needed} dollars at the license registry, and it has ` +
      `${formatDollars(held)}. Deposit it (depositBond); it stays yours. ${ask} if you cannot.`
    );
  }

  private freeBond(address: Address): Promise<bigint> {
    const { publicClient, deployment } = this.chain;
    const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
    return publicClient.readContract({ ...registry, functionName: 'free', args: [address] });
  }
}
