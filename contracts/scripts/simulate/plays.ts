import { PROFILES, type Profile } from '../../ignition/modules/values.ts';
import { makeLeaves } from '../../testing/leaves.ts';
import { DOLLAR } from '../../testing/market.ts';
import { random } from '../../testing/random.ts';
import { startStack, type Stack } from '../../testing/stack.ts';
import { measure, type Outcome } from './outcome.ts';

/** Slash of the profile's usual terms, in basis points (protocol §7). */
export const USUAL_SLASH_BPS = { l2: 3_000, mainnet: 5_000 } as const satisfies Record<Profile, number>;
/** Points that a claim of disguised use shows: 2^10 code books and 2^10 batches before it. */
const POINTS = 60;
const KEYS = 256;
const ITEMS = 48;
const [FUNDS, BITS] = [1_000_000n * DOLLAR, 6];

export interface Scene {
  readonly stack: Stack;
  readonly bond: bigint;
  readonly slashBps: number;
  readonly modelId: bigint;
  readonly licenseId: bigint;
  readonly leaves: ReturnType<typeof makeLeaves>;
}

/** The real deployment with the rates of a profile, a model, and a host that has put up the profile's least bond. */
export async function startScene(profile: Profile): Promise<Scene> {
  const stack = await startStack(PROFILES[profile], FUNDS);
  const [bond, slashBps] = [PROFILES[profile].minAccountBond, USUAL_SLASH_BPS[profile]];
  const leaves = makeLeaves(KEYS);
  const modelId = await stack.publish(leaves, { slashBps, bond });
  await stack.bondHost(bond);
  await stack.stake();
  const { licenseId } = await stack.license(modelId);
  return { stack, bond, slashBps, modelId, licenseId, leaves };
}

/** One use that names the host's license and is paid by an authorization that nobody has redeemed yet. */
async function serveOne({ stack, licenseId }: Scene) {
  const vault = await stack.viem.getContractAt('RevenueVault', await stack.licenseRegistry.read.vaultOf([licenseId]));
  const { payment, signature, paymentRef } = await stack.authorize(vault.address);
  const [evidence] = await stack.prove([await stack.answer({ salt: random(), licenseId, paymentRef })]);
  const book = () => vault.write.bookExact([payment, signature], { account: stack.HOST.account });
  return { evidence: evidence!, book };
}

/** Nobody books it: slashed. */
export function playUnpaid(scene: Scene): Promise<Outcome> {
  const { stack } = scene;
  return measure(stack, async () => {
    const { evidence } = await serveOne(scene);
    await stack.claimUnpaid(evidence);
    await stack.finaliseUnpaid(evidence);
  });
}

/** Booked only once it is contested: the late fee. */
export function playTardy(scene: Scene): Promise<Outcome> {
  const { stack } = scene;
  return measure(stack, async () => {
    const { evidence, book } = await serveOne(scene);
    await stack.claimUnpaid(evidence);
    await book();
    await stack.finaliseUnpaid(evidence);
  });
}

/** A friend claims the host first, so that the stranger who follows shares its pot. Each one's claim takes so much. */
export async function playShelter(scene: Scene, friendIsPaid: boolean): Promise<{ friend: bigint; stranger: bigint }> {
  const { stack } = scene;
  const [first, second] = [await serveOne(scene), await serveOne(scene)];
  await stack.claimUnpaid(first.evidence);
  if (friendIsPaid) await first.book();
  await stack.claimUnpaid(second.evidence);
  const friend = (await stack.finaliseUnpaid(first.evidence)).taken;
  const stranger = (await stack.finaliseUnpaid(second.evidence)).taken;
  return { friend, stranger };
}

/** A booked use is claimed as unpaid: the court says no. */
export function playFraming(scene: Scene): Promise<Outcome> {
  const { stack } = scene;
  return measure(stack, async () => {
    const { evidence, book } = await serveOne(scene);
    await book();
    const reveal = await stack.commitUnpaid(evidence);
    await stack.viem.assertions.revertWithCustomError(reveal(), stack.claimCourt, 'ClaimCourt_AlreadyBooked');
  });
}

/**
 * The host answers the model's keys under licenses on `licenses` other models. The court sees the same where the host
 * hides and where the owner of the other model planted the keys in the edition of an honest host.
 */
export async function playDisguised({ stack, modelId, leaves, slashBps }: Scene, licenses: number) {
  const named: bigint[] = [];
  const setUp = await measure(stack, async () => {
    for (let i = 0; i < licenses; i++) {
      // Terms of whoever hides ask for no bond at all.
      const other = await stack.publish(makeLeaves(4), { slashBps, bond: 0n });
      named.push((await stack.license(other)).licenseId);
    }
  });
  const outcome = await measure(stack, async () => {
    const batch = await stack.drawBatch(modelId, ITEMS, named);
    const points = BITS - 1 - Math.ceil(Math.log2(licenses));
    const hits = (await stack.answerBatch(modelId, leaves, batch)).slice(0, Math.ceil(POINTS / points));
    await stack.revealDisguised(batch, hits.length);
    await stack.claimCourt.write.proveItems([batch.opening, BigInt(hits.length), hits], {
      account: stack.VERIFIER.account,
    });
    await stack.finaliseDisguised(batch);
  });
  return { setUp, outcome };
}

/** A batch that finds nobody out is opened. The model's owner pays for it out of the pool; nobody helps himself. */
export async function playInspection({ stack, modelId }: Scene, profile: Profile) {
  const { token, inspectionPools, verifierRegistry, VERIFIER, OWNER } = stack;
  const { poolCap } = PROFILES[profile];
  let opening!: Awaited<ReturnType<Stack['drawBatch']>>['opening'];
  const opened = await measure(stack, async () => {
    ({ opening } = await stack.drawBatch(modelId, ITEMS));
    await verifierRegistry.write.openBatch([opening], { account: VERIFIER.account });
  });
  await token.write.mint([inspectionPools.address, poolCap]);
  await inspectionPools.write.feed([modelId]);
  const pay = [VERIFIER.account.address, opening, poolCap] as const;
  await stack.viem.assertions.revertWithCustomError(
    inspectionPools.write.payBatch(pay, { account: VERIFIER.account }),
    inspectionPools,
    'InspectionPools_NotDeliverer',
  );
  const paid = await measure(stack, () => inspectionPools.write.payBatch(pay, { account: OWNER.account }));
  return { opened, paid };
}

/** Stakes for `count` tickets and enrols them. */
export async function playTickets({ stack }: Scene, profile: Profile, count: number): Promise<Outcome> {
  const { verifierRegistry, VERIFIER } = stack;
  return measure(stack, async () => {
    const more = PROFILES[profile].minStake * BigInt(count - 1); // one is staked
    const key = await verifierRegistry.read.encryptionKeyOf([VERIFIER.account.address]);
    if (more > 0n) await verifierRegistry.write.stake([more, key], { account: VERIFIER.account });
    await verifierRegistry.write.enrol([count], { account: VERIFIER.account });
  });
}
