import {
  blamesAbi,
  claimCourtAbi,
  committeesAbi,
  devDollarAbi,
  licenseRegistryAbi,
  modelRegistryAbi,
  titleBondsAbi,
  verifierRegistryAbi,
} from '@oml/contracts/abis';
import { hungry } from '@oml/onnx/test-support/hungry';
import { CLAIM_STATE } from '@oml/protocol/chain/claim-state';
import { COMMITTEE_STATE } from '@oml/protocol/chain/report-state';
import { blamedEditionInfo } from '@oml/protocol/wire/blame-evidence';
import { readInline } from '@oml/protocol/wire/report-evidence';
import { createLogger } from '@oml/service/logger';
import { seal } from '@oml/service/seal';
import { devKey, startDevChain } from '@oml/service/test-support/dev-chain';
import { until } from '@oml/service/wait';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestClient, http, isAddressEqual, keccak256, maxUint256, stringToHex, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blameClaim, shows, type Blamed, type Show } from '../../test-support/blame.ts';
import { KEYS, type DevChain } from '../../test-support/dev-chain.ts';
import { digestOf, packed } from '../../test-support/edition.ts';
import { startHost, type TestHost } from '../../test-support/host.ts';
import {
  cleanModel,
  fund,
  publishMarked,
  publishModel,
  takeLicense,
  type MarkedModel,
} from '../../test-support/market.ts';
import { readVerifierOptions } from '../options.ts';
import { createVerifier, type Verifier } from '../verifier.ts';

const JURORS = [devKey(11), devKey(12), devKey(13)];
const TITLE_BOND = 40_000_000n;
/** Of a license: half its bond. */
const COVER = 25_000_000n;
const COMMITTEE = 3_000_000n;
/** In seconds of the chain: longer than a machine that is busy with other tests takes for all that is to be run. */
const VOTE_WINDOW = 1_200;
/** How long a whole hearing may take on such a machine. */
const TRIAL = { timeoutMs: 1_000_000, everyMs: 500 };

const logger = createLogger('blame-test');
logger.level = process.env['LOG_LEVEL'] ?? 'silent';
let chain: DevChain;
let marked: MarkedModel;
const agents: Verifier[] = [];
const hosts: TestHost[] = [];
const blamed: Blamed[] = [];
/** Blames that committees sit on. */
const ruling: bigint[] = [];

const open = async (key: Hex, more: Record<string, string>): Promise<Verifier> => {
  const agent = await createVerifier(
    readVerifierOptions({
      RPC_URL: chain.rpcUrl,
      OML_DEPLOYMENT: chain.deploymentPath,
      PORT: '0',
      DATA_DIR: mkdtempSync(join(tmpdir(), 'blame-')),
      VERIFIER_KEY: key,
      SEALING_SEED: keccak256(key),
      OML_ADMIN_TOKEN: 'a token for this test',
      EDITION_MEMORY_MB: '900',
      ...more,
    }),
    chain.deployment,
    logger,
  );
  agents.push(agent);
  await agent.start();
  return agent;
};
const at = <Abi>(contract: keyof DevChain['deployment']['contracts'], abi: Abi) =>
  ({ address: chain.deployment.contracts[contract], abi }) as const;
const reader = () => chain.as(KEYS.OUTSIDER).publicClient;
const claimOf = (claimId: Hex) =>
  reader().readContract({ ...at('claimCourt', claimCourtAbi), functionName: 'claim', args: [claimId] });
const bondOf = async (key: Hex) =>
  (
    await reader().readContract({
      ...at('licenseRegistry', licenseRegistryAbi),
      functionName: 'accountOf',
      args: [privateKeyToAccount(key).address],
    })
  ).bond;
const titleBondOf = async (modelId: bigint) =>
  (await reader().readContract({ ...at('titleBonds', titleBondsAbi), functionName: 'titleBondOf', args: [modelId] }))
    .bond;

const blameOf = (blameId: bigint) =>
  reader().readContract({ ...at('blames', blamesAbi), functionName: 'blameOf', args: [blameId] });
const committeeOf = async (blameId: bigint) => {
  const { committeeId } = await blameOf(blameId);
  return reader().readContract({
    ...at('committees', committeesAbi),
    functionName: 'committee',
    args: [committeeId],
  });
};

interface Scene {
  key: Hex;
  /** Of the bait. */
  modelId: bigint;
  licenseId: bigint;
  host: TestHost;
}

/** A host that answers with the marked model under a license on another, whose edition on record is `container`. */
async function hostWith(i: number, container: Uint8Array): Promise<Scene> {
  const [key, signer] = [devKey(14 + i), keccak256(stringToHex(`signer ${i}`))];
  const { modelId } = await publishModel(
    chain,
    KEYS.AGENT,
    { root: keccak256(stringToHex(`bait ${i}`)), size: 1, commonSize: 1, bits: 1 },
    marked.publisher.url,
  );
  const host = await startHost(chain, privateKeyToAccount(key).address, signer, chain.as(KEYS.GAS));
  hosts.push(host);
  await fund(chain, key, 10n); // what a blame costs
  const license = await takeLicense(chain, { host: key, signer, owner: KEYS.AGENT }, modelId, host.url);
  await chain.as(KEYS.AGENT).send({
    ...at('blames', blamesAbi),
    functionName: 'recordEdition',
    args: [license.licenseId, 1, digestOf(container)],
  });
  await host.serve({ model: 'fable-mini', modelId, weights: marked.marked, ...license });
  return { key, modelId, licenseId: license.licenseId, host };
}

/** Has the claimant accuse the host, the host blame its edition, and the jurors decide. */
async function heard({ key, modelId: bait, host }: Scene, claimant: Verifier, show: Show) {
  const before = { bond: await bondOf(key), title: await titleBondOf(bait) };
  const account = privateKeyToAccount(key).address;
  const order = { kind: 'disguise', account, modelId: String(marked.modelId) };
  const asked = await claimant.app.request('/audits', {
    method: 'POST',
    headers: { authorization: 'Bearer a token for this test' },
    body: JSON.stringify(order),
  });
  expect(asked.status).toBe(202);
  const found = await blameClaim(chain, { key, host, show });
  blamed.push(found);
  ruling.push(found.blameId);
  const claim = await until(
    'the end of the claim',
    async () => {
      const now = await claimOf(found.claimId);
      return now.state === CLAIM_STATE.BLAMED ? undefined : now;
    },
    TRIAL,
  );
  const { committeeId } = await blameOf(found.blameId);
  const committee = await committeeOf(found.blameId);
  const votes = await reader().getContractEvents({
    ...at('committees', committeesAbi),
    eventName: 'VoteRevealed',
    args: { committeeId },
    fromBlock: 0n,
    strict: true,
  });
  return {
    claim,
    committee,
    said: new Map(votes.map(({ args }) => [args.juror, JSON.parse(readInline(args.evidenceUri)!) as Shown])),
    lost: before.bond - (await bondOf(key)),
    paidByTitle: before.title - (await titleBondOf(bait)),
  };
}

interface Shown {
  hits: number;
  repeated: Record<string, number>;
  editions: { licenseId: string; hits: number; repeated: Record<string, number>; why?: string }[];
}

/**
 * The chain's clock runs ahead to where what nobody shows is soon missed, as soon as nothing else is awaited. No
 * further: a committee is done when all have voted and shown it, however long that takes.
 */
async function hurry(): Promise<void> {
  const left = await until('the votes but one', secondsToVote, TRIAL);
  const controls = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) });
  // Whoever waits has until a quarter is left, and looks again within a quarter.
  await controls.increaseTime({ seconds: Math.max(0, left - Math.ceil(VOTE_WINDOW * 0.26)) });
}

/** Until the end of the vote that one juror holds up, who waits for what is not shown to it. */
async function secondsToVote(): Promise<number | undefined> {
  if (ruling.length < scenes.length) return undefined;
  const all = await Promise.all(ruling.map(committeeOf));
  const { timestamp } = await reader().getBlock();
  if (!all.every(({ state }) => state >= COMMITTEE_STATE.VOTING)) return undefined;
  const [late, ...others] = all.filter(({ committed, seats }) => committed < seats);
  const isLast = late && others.length === 0 && late.committed + 1 === late.seats;
  return isLast ? Number(late.voteBy - timestamp) : undefined;
}

/** One juror is shown a file that would answer, and is not the one on record. */
const showsAnother =
  (odd: Hex): Show =>
  (juror, shown) =>
    shows(containers[isAddressEqual(juror, odd) ? 0 : 1]!)(juror, shown);

/** One juror is shown nothing, another what is sealed to the first. */
const showsLittle =
  (down: Hex, another: Hex): Show =>
  async (juror, shown) => {
    if (isAddressEqual(juror, down)) return undefined;
    if (!isAddressEqual(juror, another)) return shows(containers[2]!)(juror, shown);
    return seal(await shown.keyOf(down), containers[2]!, blamedEditionInfo(shown.claimId, shown.licenseId));
  };

let scenes: Scene[];
let claimant: Verifier;
let hearings: Promise<Awaited<ReturnType<typeof heard>>>[];
const containers: Uint8Array[] = [];

beforeAll(async () => {
  const windows = { voteWindow: `${VOTE_WINDOW}n`, revealWindow: '600n', answerWindow: '300n' };
  const parameters = { claimMinAge: '4n', ...windows, exitDelay: '9000n' };
  chain = await startDevChain({ secondsPerBlock: 1, parameters });
  marked = await publishMarked(chain, KEYS.OWNER);
  for (const key of [...JURORS, KEYS.VERIFIER, KEYS.AGENT]) await fund(chain, key, 100n);
  containers.push(packed(marked.marked), packed(cleanModel), packed(hungry(marked.marked, 4e8)));
  scenes = [];
  for (const [i, container] of containers.entries()) scenes.push(await hostWith(i, container));
  // The title bond of the first bait covers its license.
  const { modelId, licenseId } = scenes[0]!;
  const owner = chain.as(KEYS.AGENT);
  const titles = at('titleBonds', titleBondsAbi);
  await owner.send({ ...at('token', devDollarAbi), functionName: 'approve', args: [titles.address, maxUint256] });
  await owner.send({ ...titles, functionName: 'post', args: [modelId, TITLE_BOND] });
  await owner.send({ ...titles, functionName: 'reserve', args: [licenseId] });
  claimant = await open(KEYS.VERIFIER, {});
  for (const key of JURORS) await open(key, { TICKETS: '1' });
  await until('the tickets', async () =>
    (await reader().readContract({
      ...at('verifierRegistry', verifierRegistryAbi),
      functionName: 'ticketCount',
    })) === 3n
      ? true
      : undefined,
  );
  const odd = privateKeyToAccount(JURORS[0]!).address;
  const shown = [shows(containers[0]!), showsAnother(odd), showsLittle(odd, privateKeyToAccount(JURORS[1]!).address)];
  hearings = scenes.map((scene, i) => heard(scene, claimant, shown[i]!));
  await Promise.allSettled([hurry(), ...hearings]);
}, 1_500_000);

afterAll(async () => {
  await Promise.all(agents.map((agent) => agent.stop()));
  await Promise.all(hosts.map((host) => host.stop()));
  for (const { stop } of blamed) stop();
  marked?.publisher.stop();
  await chain?.stop();
});

describe('a committee of verifiers on a blame', () => {
  it('finds what an owner planted: the claim is excused, and the title bond pays', async () => {
    const scene = scenes[0]!;
    const { claim, committee, said, lost, paidByTitle } = await hearings[0]!;
    expect(committee).toMatchObject({ state: COMMITTEE_STATE.COUNTED, votes: [0, 0, 3, 0] });
    expect(claim.state).toBe(CLAIM_STATE.EXCUSED);
    expect(paidByTitle).toBe(COVER);
    expect(lost).toBe(claim.reach - (COVER - COMMITTEE)); // what is covered of it, less what the host advanced
    for (const { hits, repeated, editions } of said.values()) {
      expect(repeated).toEqual({ 'onnxruntime/none': hits });
      expect(editions).toEqual([{ licenseId: String(scene.licenseId), hits, repeated }]);
    }
    const model = {
      ...at('modelRegistry', modelRegistryAbi),
      functionName: 'markedAt',
      args: [scene.modelId],
    } as const;
    expect(await reader().readContract(model)).toBeGreaterThan(0);
  });

  it('does not believe a cheat that blames an edition which answers nothing of it', async () => {
    const odd = privateKeyToAccount(JURORS[0]!).address;
    const { claim, committee, said, lost } = await hearings[1]!;
    expect(committee.votes).toEqual([0, 3, 0, 0]);
    expect(claim.state).toBe(CLAIM_STATE.SLASHED);
    expect(lost).toBe(claim.reach);
    for (const { hits, repeated } of said.values()) expect(2 * (repeated['onnxruntime/none'] ?? 0)).toBeLessThan(hits);
    expect(said.get(odd)!.editions).toMatchObject([{ repeated: {}, why: 'another file is on record' }]);
  });

  it('leaves it to the host to show its editions, and outlives the file that takes all memory', async () => {
    const { claim, committee, said } = await hearings[2]!;
    expect(committee.votes).toEqual([0, 3, 0, 0]);
    expect(claim.state).toBe(CLAIM_STATE.SLASHED);
    const whys = JURORS.map((key) => said.get(privateKeyToAccount(key).address)!.editions.map(({ why }) => why));
    expect(whys).toEqual([['not shown'], ['it is not sealed to this juror'], ['it took too much memory']]);
  });
});
