import { parametersAbi } from '@oml/contracts/abis';
import type { Runs } from '@oml/program/runs';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { vouchOrderSigner } from '@oml/protocol/signed/vouch-order';
import { readRequest } from '@oml/protocol/wire/read-request';
import { vouchOrderSchema, type VouchJson } from '@oml/protocol/wire/vouch';
import type { Chain } from '@oml/service/chain';
import { isAddressEqual, type Address } from 'viem';
import { mustBeOfNow, mustBeSigned, mustOwn, registryOf } from '../chain/model-owner.ts';
import type { MintedModels } from '../programs/minted-models.ts';
import { vouch, type VouchSubject } from '../programs/vouch.ts';

interface VouchingParts {
  chain: Chain;
  minted: MintedModels;
  /** What the operator lets owners have of its account's money, in the token's smallest unit; 0: nothing. */
  titleBondMost: bigint;
  nameDepositMost: bigint;
  /** Only those whom the operator named: what is posted is the owner's to take out. */
  owners: readonly Address[];
  driver: { runs: Runs; kick(): Promise<void> };
}

/** Title bonds and names that this publisher's account pays for, at the word of a model's owner. */
export class Vouching {
  private readonly parts: VouchingParts;

  constructor(parts: VouchingParts) {
    this.parts = parts;
  }

  /**
   * Takes the order of a model's owner; the same order is the same run, and a failed one goes on. Throws
   * REQUEST_INVALID, NOT_FOUND, SIGNATURE_INVALID, UNAUTHORIZED for anybody else, at another time, or beyond what the
   * operator allows whom, and CONFLICT while another order of this model is carried out.
   */
  async order(modelId: bigint, body: unknown, signature: string | undefined): Promise<VouchJson> {
    const { titleBond = 0n, name = '', askedAt } = readRequest(vouchOrderSchema, body, 'The order to vouch is refused');
    const { chain, driver, minted } = this.parts;
    const signed = mustBeSigned(signature);
    mustBeOfNow(askedAt);
    const order = { modelId, titleBond, name, askedAt: BigInt(askedAt) };
    const owner = await vouchOrderSigner(order, signed, registryOf(chain));
    await mustOwn(chain, modelId, owner);
    if (!(await minted.find(String(modelId))))
      throw new OmlError('NOT_FOUND', `Model ${modelId} was not published here.`);
    await this.mustBeAllowed({ owner, titleBond, name });
    const id = `vouch-${modelId}-${askedAt}-${titleBond}-${name}`;
    await this.mustBeAlone(modelId, id);
    await driver.runs.add(vouch, { modelId, owner, titleBond, name }, id);
    await driver.runs.resume(id);
    void driver.kick();
    return this.view(modelId, id);
  }

  /** Throws NOT_FOUND. */
  async view(modelId: bigint, id: string): Promise<VouchJson> {
    const { runs } = this.parts.driver;
    const run = await runs.find(vouch, id);
    if (run?.subject.modelId !== modelId)
      throw new OmlError('NOT_FOUND', `There is no order ${id} of model ${modelId}.`);
    const transactions = (await runs.steps(id)).flatMap(({ step, tx }) => (tx ? [{ step, hash: tx }] : []));
    return { id, state: run.state, transactions, ...(run.error ? { error: run.error } : {}) };
  }

  private async mustBeAllowed({ owner, titleBond, name }: Omit<VouchSubject, 'modelId'>): Promise<void> {
    const { titleBondMost, nameDepositMost, owners, chain } = this.parts;
    if (!owners.some((each) => isAddressEqual(each, owner)))
      throw new OmlError('UNAUTHORIZED', 'This publisher vouches for those in OWNERS alone: do it yourself with oml.');
    const refuse = (what: string, most: bigint, variable: string) => {
      const offer = most === 0n ? `posts none of its own money (${variable})` : `posts at most $${formatDollars(most)}`;
      return new OmlError('UNAUTHORIZED', `This publisher ${offer} for ${what}: do it yourself with oml.`);
    };
    if (titleBond > titleBondMost) throw refuse('a title bond', titleBondMost, 'TITLE_BOND_MOST');
    if (name === '') return;
    const { publicClient, deployment } = chain;
    const parameters = { address: deployment.contracts.parameters, abi: parametersAbi } as const;
    const deposit = await publicClient.readContract({ ...parameters, functionName: 'nameDeposit' });
    if (deposit > nameDepositMost) throw refuse('a name', nameDepositMost, 'NAME_DEPOSIT_MOST');
  }

  /** Two at once would each add what is lacking of the bond. */
  private async mustBeAlone(modelId: bigint, id: string): Promise<void> {
    const running = await this.parts.driver.runs.list([vouch], { state: 'running', limit: 1_000 });
    if (running.some((run) => run.subject.modelId === modelId && run.id !== id))
      throw new OmlError('CONFLICT', `Another order of model ${modelId} is carried out: wait for it.`);
  }
}
