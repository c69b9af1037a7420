import { modelRegistryAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import type { Chain } from '@oml/service/chain';
import type { AuditRecords } from './audit-record.ts';
import type { AuditRequestJson } from './audit-request.ts';
import type { Audits } from './audits.ts';
import type { Hosts, LicenseView } from './hosts.ts';

/** Audits every active license in turn, without being asked. */
export class Patrol {
  private readonly chain: Chain;
  private readonly hosts: Hosts;
  private readonly audits: Audits;
  private readonly records: AuditRecords;
  private turn = 0;

  constructor(chain: Chain, hosts: Hosts, audits: Audits, records: AuditRecords) {
    this.chain = chain;
    this.hosts = hosts;
    this.audits = audits;
    this.records = records;
  }

  /** Orders the next audit of the round, unless the same one still runs. */
  async next(): Promise<void> {
    const rounds = await this.plan();
    const target = rounds[this.turn++ % Math.max(1, rounds.length)];
    if (target && !this.records.isRunning(target)) this.audits.order(target);
  }

  /** Whether each license's uses are paid, and whether a dearer model answers behind a cheaper license. */
  private async plan(): Promise<AuditRequestJson[]> {
    const active = (await this.hosts.licenses()).filter(({ state }) => state === LICENSE_STATE.ACTIVE);
    const prices = await this.floorPrices();
    return active.flatMap(({ licenseId, account, modelId }: LicenseView): AuditRequestJson[] => {
      const dearer = [...prices].filter(([other, price]) => other !== modelId && price > (prices.get(modelId) ?? 0n));
      return [
        { kind: 'paid-use', licenseId: String(licenseId) },
        ...dearer.map(([other]) => ({ kind: 'disguise' as const, account, modelId: String(other) })),
      ];
    });
  }

  /** What a use costs at least, of every model that is offered to hosts. */
  private async floorPrices(): Promise<Map<bigint, bigint>> {
    const { publicClient, deployment } = this.chain;
    const registry = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi } as const;
    const minted = await publicClient.getContractEvents({
      ...registry,
      eventName: 'ModelMinted',
      fromBlock: BigInt(deployment.deployedAtBlock),
      strict: true,
    });
    const offers = await Promise.all(
      minted.map(({ args: { modelId } }) =>
        publicClient.readContract({ ...registry, functionName: 'offerOf', args: [modelId, TERMS_KIND.SERVE] }),
      ),
    );
    const terms = {
      address: deployment.contracts.termsRegistry,
      abi: termsRegistryAbi,
      functionName: 'ratesOf',
    } as const;
    const rates = await Promise.all(
      offers.map((termsId) => (termsId === 0 ? undefined : publicClient.readContract({ ...terms, args: [termsId] }))),
    );
    return new Map(minted.flatMap(({ args }, i) => (rates[i] ? [[args.modelId, rates[i][0]] as const] : [])));
  }
}
