import {
  blamesAbi,
  devDollarAbi,
  leakCourtAbi,
  licenseRegistryAbi,
  modelRegistryAbi,
  namesAbi,
  revenueVaultAbi,
  verifierRegistryAbi,
} from '@oml/contracts/abis';
import { REPORT_OUTCOME } from '@oml/protocol/chain/report-state';
import { nameCommitment, nameId } from '@oml/protocol/evidence/name';
import { maxUint256, zeroHash, type Abi, type Address, type Hex } from 'viem';
import type { HDAccount } from 'viem/accounts';
import { bookOf, proveDisguise } from './disguise.ts';
import { BUYER, HOST, HOST_SIGNER, OUTSIDER, OWNER, VERIFIER, type InstantChain } from './instant-chain.ts';
import { Jury } from './jury.ts';
import { anchorMeasured, measuredBy } from './measured.ts';
import { DERIVE_TERMS, PRICE } from './owner-story.ts';
import { Story } from './story.ts';

const MILLION = 1_000_000n;
const WORD: Hex = `0x${'5a'.repeat(32)}`;
const REPEATED = 2;
const ABIS = {
  blames: blamesAbi,
  leakCourt: leakCourtAbi,
  licenseRegistry: licenseRegistryAbi,
  modelRegistry: modelRegistryAbi,
  names: namesAbi,
  verifierRegistry: verifierRegistryAbi,
};

/**
 * A story that touches every table of the index: models, licenses, money, claims, a measurement, reports, names, a
 * blame.
 */
export class WholeStory {
  private readonly chain: InstantChain;
  private readonly story: Story;
  private readonly jury: Jury;

  constructor(chain: InstantChain) {
    this.chain = chain;
    this.story = new Story(chain);
    this.jury = new Jury(chain, OUTSIDER);
  }

  async tell(): Promise<void> {
    // A block is a second, however long the machine takes: exits that nobody takes in time lapse.
    await this.chain.testClient.setBlockTimestampInterval({ interval: 1 });
    await this.stakes();
    // What a claim of disguised use needs grows with the code books that there are.
    await this.blame();
    const model = await this.models();
    const license = await this.licenses(model);
    await this.money(model, license);
    await this.claims(model, license);
    await anchorMeasured(this.chain, VERIFIER, await measuredBy(this.chain, VERIFIER, WORD, 0.01));
    await this.namesAndReports(model, license.licenseId);
    await this.exits(model, license.licenseId);
  }

  /** One more model, after everything. */
  async publishOne(): Promise<void> {
    await this.story.publish({ codeBook: bookOf(9).codeBook });
  }

  private call(from: HDAccount, contract: keyof typeof ABIS, functionName: string, args: readonly unknown[] = []) {
    const address = this.chain.deployment.contracts[contract];
    return this.chain.send(from, { address, abi: ABIS[contract] as Abi, functionName, args });
  }

  private async allow(who: HDAccount, ...spenders: Address[]): Promise<void> {
    await this.story.fund(who.address, 500n * MILLION);
    const { token } = this.chain.deployment.contracts;
    for (const spender of spenders)
      await this.chain.send(who, {
        address: token,
        abi: devDollarAbi,
        functionName: 'approve',
        args: [spender, maxUint256],
      });
  }

  private async stakes(): Promise<void> {
    const { blames, leakCourt, licenseRegistry, names, verifierRegistry } = this.chain.deployment.contracts;
    await this.allow(HOST, blames, licenseRegistry, names);
    await this.allow(OWNER, licenseRegistry);
    await this.allow(OUTSIDER, verifierRegistry);
    await this.allow(BUYER, leakCourt, verifierRegistry);
    await this.call(HOST, 'licenseRegistry', 'depositBond', [HOST.address, 400n * MILLION]);
    await this.story.bindSigner();
    await this.story.stake();
    await this.call(OUTSIDER, 'verifierRegistry', 'stake', [60n * MILLION, WORD]);
    await this.call(OUTSIDER, 'verifierRegistry', 'enrol', [3]);
    await this.call(BUYER, 'verifierRegistry', 'stake', [40n * MILLION, WORD]);
    await this.call(BUYER, 'verifierRegistry', 'requestUnstake');
  }

  private async models(): Promise<bigint> {
    const { story } = this;
    const price = { price: MILLION };
    const lease = { kind: 1, ownerShareBps: 10_000, period: 60, leakBond: 3n * MILLION, approvalNeeded: true };
    const offers: [number, number, number] = [
      await story.terms(),
      await story.terms({ ...lease, ...price }),
      await story.terms({ ...DERIVE_TERMS, ...price, bond: 0n }),
    ];
    const model = await story.publish({ offers, resaleBps: 500 });
    await story.models('setAgent', [model, HOST.address]);
    await story.models('setAgent', [model, OWNER.address]);
    await story.models('setUri', [model, 'http://moved.test']);
    await story.models('setPayees', [model, [{ account: OWNER.address, bps: 10_000 }]]);
    await story.models('setResale', [model, OUTSIDER.address, 100]);
    const sold = await story.publish({ uri: 'http://sold.test' });
    await story.models('approve', [HOST.address, sold]);
    await story.models('setApprovalForAll', [HOST.address, true]);
    await story.models('transferFrom', [OWNER.address, OUTSIDER.address, sold]);
    return model;
  }

  private async licenses(model: bigint) {
    const { story } = this;
    const serving = await story.license(model);
    await this.call(HOST, 'licenseRegistry', 'setEndpoint', [serving.licenseId, 'http://moved.test']);
    await this.call(OWNER, 'blames', 'recordEdition', [serving.licenseId, 1, WORD]);
    const { codeBook } = await story.commit();
    const digests = { weightsDigest: WORD, controlPanelDigest: zeroHash };
    await story.models('release', [model, { codeBook, ...digests, gracePeriod: 30 }]);
    await this.call(OWNER, 'licenseRegistry', 'deliver', [serving.licenseId, 2, WORD]);
    await this.chain.mine(40);
    await this.call(OUTSIDER, 'licenseRegistry', 'suspend', [serving.licenseId]);
    await this.call(HOST, 'licenseRegistry', 'activate', [serving.licenseId]);
    const leased = await story.license(model, { kind: 1, deliver: false });
    await this.call(OWNER, 'licenseRegistry', 'approveLicense', [leased.licenseId]);
    await this.call(OWNER, 'licenseRegistry', 'deliver', [leased.licenseId, 2, WORD]);
    await this.call(HOST, 'licenseRegistry', 'activate', [leased.licenseId]);
    await this.call(HOST, 'licenseRegistry', 'renew', [leased.licenseId, 2]);
    await story.close(leased.licenseId);
    await this.chain.mine(121);
    await this.call(HOST, 'licenseRegistry', 'finishClose', [leased.licenseId]);
    return serving;
  }

  private async money(model: bigint, { vault }: { vault: Address }): Promise<void> {
    const { story } = this;
    const right = await story.license(model, { kind: 2, who: OWNER });
    const child = await story.publish({ parents: [{ modelId: model, licenseId: right.licenseId }] });
    const { vault: below } = await story.license(child);
    for (const each of [vault, below]) {
      await story.book(each, { value: 10n * PRICE });
      await story.distribute(each);
      for (const name of ['payOwner', 'payHost', 'payProtocol'] as const) await story.vault(each, name);
    }
    await story.vault(below, 'payAncestor', [model]);
    const watchtower = { functionName: 'nameWatchtower', args: [OUTSIDER.address, true] };
    await this.chain.send(HOST, { address: vault, abi: revenueVaultAbi, ...watchtower });
    await story.batch(model);
  }

  private async claims(model: bigint, { licenseId, vault }: { licenseId: bigint; vault: Address }): Promise<void> {
    const { story } = this;
    await story.postTitle(model, 60n * MILLION);
    const slashed = await story.evidence(licenseId);
    await story.accuse(slashed);
    await story.finalise(slashed);
    await this.story.fund(HOST.address, 500n * MILLION);
    await this.call(HOST, 'licenseRegistry', 'depositBond', [HOST.address, 500n * MILLION]); // covered again
    await story.book(vault, { nonce: slashed.nonce });
    await story.court('cure', [[slashed.evidence.signed.receipt]]);
    const late = await story.evidence(licenseId);
    await story.accuse(late);
    await story.book(vault, { nonce: late.nonce });
    await story.finalise(late);
    await story.court('finaliseUnpaidUse', story.ending(late), true); // refused: it is over
    await story.court('withdraw', [MILLION, VERIFIER.address]);
  }

  private async namesAndReports(model: bigint, licenseId: bigint): Promise<void> {
    const domain = { chainId: 31337, names: this.chain.deployment.contracts.names };
    for (const name of ['acme', 'lost']) {
      await this.call(HOST, 'names', 'commit', [nameCommitment({ name, holder: HOST.address, salt: WORD }, domain)]);
      await this.call(HOST, 'names', 'register', [name, 0n, WORD, maxUint256]);
    }
    await this.call(HOST, 'names', 'transfer', [nameId('lost'), OWNER.address]);
    await this.call(OWNER, 'names', 'point', [nameId('lost'), model]);
    await this.call(OWNER, 'names', 'giveUp', [nameId('lost')]);
    const evidence = { evidenceHash: WORD, evidenceUri: 'https://evidence.example' };
    const leak = { modelId: model, licenseId: 0n, endpoint: 'https://leak.example', ...evidence };
    await this.call(BUYER, 'leakCourt', 'reportLeak', [leak]);
    await this.call(HOST, 'leakCourt', 'submitEvidence', [1n, WORD, 'https://answer.example']);
    await this.jury.hear(2n, REPORT_OUTCOME.UPHELD);
    await this.call(OWNER, 'leakCourt', 'decide', [1n]);
    await this.call(BUYER, 'leakCourt', 'reportName', [nameId('acme'), WORD, 'https://evidence.example']);
    await this.jury.hear(3n, REPORT_OUTCOME.UPHELD);
    await this.call(OWNER, 'leakCourt', 'decide', [2n]);
    await this.chain.mine(30);
    await this.call(OWNER, 'leakCourt', 'close', [1n]);
    await this.call(OWNER, 'leakCourt', 'close', [2n]);
    await this.call(BUYER, 'leakCourt', 'reportLeak', [{ ...leak, licenseId }]);
  }

  private async blame(): Promise<void> {
    const { story } = this;
    const book = bookOf(7);
    const claimed = await story.publish({ codeBook: book.codeBook });
    const model = await story.publish();
    const bait = await story.license(model);
    await story.postTitle(model, 60n * MILLION);
    await story.titles('reserve', HOST, [bait.licenseId]);
    const { batch, receipt } = await proveDisguise(this.chain, story, claimed, book, bait);
    await this.call(HOST, 'blames', 'blame', [VERIFIER.address, batch, [receipt], WORD, 'https://sealed.example']);
    await this.jury.hear(1n, REPEATED, '');
    await this.call(OWNER, 'blames', 'decide', [1n]);
    await this.chain.mine(30);
    await this.call(OWNER, 'blames', 'close', [1n, VERIFIER.address, batch, [bait.licenseId], [1n]]);
    await story.titles('announceExit', OWNER, [model, MILLION]);
  }

  private async exits(model: bigint, licenseId: bigint): Promise<void> {
    await this.call(HOST, 'licenseRegistry', 'announceExit', [MILLION]);
    await this.story.titles('announceExit', OWNER, [model, MILLION]);
    await this.jury.draw(4n);
    await this.chain.mine(130);
    await this.jury.call(OWNER, 'count', [4n]); // nobody voted
    await this.call(HOST, 'licenseRegistry', 'withdraw');
    await this.story.titles('withdraw', OWNER, [model]);
    await this.call(BUYER, 'verifierRegistry', 'unstake');
    await this.call(HOST, 'licenseRegistry', 'revokeSigner', [HOST_SIGNER.address]);
    await this.story.close(licenseId);
  }
}
