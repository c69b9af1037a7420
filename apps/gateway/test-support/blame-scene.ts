import { blamesAbi, blockBeaconAbi, committeesAbi } from '@oml/contracts/abis';
import { LanguageModel } from '@oml/onnx/language-model';
import { openModelFolder } from '@oml/onnx/model-folder';
import { nodeEngine } from '@oml/onnx/runner-node';
import { headBytes, headOf } from '@oml/protocol/evidence/head';
import { voteCommitment } from '@oml/protocol/evidence/vote';
import { filedBlame } from '@oml/service/blames';
import { sealingKeyPair, type SealingKeyPair } from '@oml/service/seal';
import type { EditionFiles } from '@oml/service/sealed-edition';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sha256, zeroHash, type Hex } from 'viem';
import { writeEdition } from '../src/license/edition.ts';
import { BUYER, controlsOf, KEYS, OUTSIDER, SIGNER, startChain, waitFor, type TestChain } from './chain-fixture.ts';
import { stake } from './disguise.ts';
import { giveDollars, MODELS, openAccount, publishModel, takeLicense, type Listed } from './host-fixture.ts';
import { publishLucky, type Known, type LuckyModel } from './lucky-book.ts';
import { PRICE } from './scene.ts';

const MILLION = 1_000_000n;
const SALT: Hex = `0x${'5a'.repeat(32)}`;
const REPEATED = 2;
const PROMPTS = ['The knight rode', 'A small dragon', 'The queen asked', 'In the forest', 'One morning the baker'];

/** HOST serves models whose owner planted the fingerprints of a third; OUTSIDER is the one juror. */
export interface BlameScene {
  chain: TestChain;
  claimed: LuckyModel;
  /** Its edition answers the keys, and is what is served. Two of them, since a blame ends a model. */
  baits: readonly Listed[];
  /** Its edition is another model than what is served. */
  cheat: Listed;
  jurorKeys: SealingKeyPair;
  stop(): Promise<void>;
}

/** Long enough for a slow machine; nobody waits for the end of one, since the chain's clock is put forward. */
const WINDOW_S = 60;

export async function openBlameScene(): Promise<BlameScene> {
  const windows = {
    answerWindow: 3_600,
    exitDelay: 7_300,
    voteWindow: WINDOW_S,
    revealWindow: WINDOW_S,
    appealWindow: 3,
  };
  const chain = await startChain({ evidenceThreshold: 1, claimMinAge: 3, ...windows }, { isMixed: true });
  await giveDollars(chain, BUYER.address);
  await giveDollars(chain, SIGNER.address);
  await openAccount(chain, { host: KEYS.HOST, signer: KEYS.SIGNER, bond: 400n * MILLION });
  const claimed = await publishLucky(chain, 'claimed', await knownAnswers());
  const jurorKeys = await sealingKeyPair(SALT);
  await stake(chain, KEYS.CLAIMANT, 20n * MILLION, (await sealingKeyPair(zeroHash)).publicKey);
  await stake(chain, KEYS.OUTSIDER, 60n * MILLION, jurorKeys.publicKey, 3);
  const bait = async (name: string, delivered: string) => takeBait(chain, name, delivered);
  const baits = [await bait('bait', 'fable-mini'), await bait('other bait', 'fable-mini')];
  return { chain, claimed, baits, cheat: await bait('cheat', 'fable'), jurorKeys, stop: () => chain.stop() };
}

/** Two prompts that fable-mini answers otherwise than fable. */
async function knownAnswers(): Promise<Known[]> {
  const [mini, large] = await Promise.all(
    ['fable-mini', 'fable'].map(
      async (name) => (await openModelFolder(join(MODELS, name), nodeEngine())) as LanguageModel,
    ),
  );
  const begins = async (model: LanguageModel, prompt: string) => {
    const answer = await model.completeText({ prompt, maxTokens: 12, temperature: 0 });
    return Buffer.from(headBytes(headOf(answer)))
      .toString('utf8')
      .slice(0, 8);
  };
  const known: Known[] = [];
  for (const prompt of PROMPTS)
    if ((await begins(mini!, prompt)) !== (await begins(large!, prompt)))
      known.push({ prompt, begins: await begins(mini!, prompt) });
  await Promise.all([mini!.dispose(), large!.dispose()]);
  if (known.length < 2) throw new Error('the two models answer alike');
  return known.slice(0, 2);
}

/** HOST serves fable-mini under a license for which `delivered` was delivered. */
async function takeBait(chain: TestChain, model: string, delivered: string): Promise<Listed> {
  const { licenseId } = await takeLicense(chain, await publishModel(chain, model));
  const folder = mkdtempSync(join(chain.scratch, 'edition-'));
  const packed = new Uint8Array(
    gzipSync(
      JSON.stringify({
        files: Object.fromEntries(
          [...filesOf(delivered)].map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')]),
        ),
      }),
    ),
  );
  const { send, deployment } = chain.as(KEYS.OWNER);
  const blames = { address: deployment.contracts.blames, abi: blamesAbi } as const;
  await send({ ...blames, functionName: 'recordEdition', args: [licenseId, 1, sha256(packed)] });
  writeEdition(folder, { packed, files: filesOf('fable-mini') });
  return { model, kind: 'language', licenseId, price: PRICE, folder };
}

function filesOf(model: string): EditionFiles {
  const names = ['model.onnx', 'tokenizer.json', 'tokenizer_config.json', 'config.json'];
  return new Map(names.map((name) => [name, new Uint8Array(readFileSync(join(MODELS, model, name)))]));
}

const committeesOf = ({ deployment }: TestChain) =>
  ({ address: deployment.contracts.committees, abi: committeesAbi }) as const;

/** Seats the committee of a blame. */
export async function seat(chain: TestChain, claimId: Hex): Promise<bigint> {
  const { publicClient, send, deployment } = chain.as(KEYS.OWNER);
  const { committeeId } = (await filedBlame(chain.as(KEYS.OWNER), claimId))!;
  const committee = { ...committeesOf(chain), functionName: 'committee', args: [committeeId] } as const;
  const { round } = await publicClient.readContract(committee);
  await waitFor(async () => (await publicClient.getBlockNumber()) > round);
  const beacon = { address: deployment.contracts.beacon, abi: blockBeaconAbi } as const;
  await send({ ...beacon, functionName: 'post', args: [round, '0x'] });
  await send({ ...committeesOf(chain), functionName: 'draw', args: [committeeId, 64n] });
  return committeeId;
}

/** The one juror saw the hits repeat. */
export async function hear(chain: TestChain, committeeId: bigint): Promise<void> {
  const { send, deployment } = chain.as(KEYS.OUTSIDER);
  const at = committeesOf(chain);
  const mine = { committeeId, juror: OUTSIDER.address, vote: REPEATED, evidenceHash: SALT, salt: SALT };
  const commitment = voteCommitment(mine, { chainId: deployment.chainId, committees: at.address });
  await send({ ...at, functionName: 'commitVote', args: [committeeId, commitment] });
  const reveal = { ...at, functionName: 'revealVote', args: [committeeId, REPEATED, SALT, SALT, ''] };
  for (const call of [reveal, { ...at, functionName: 'count', args: [committeeId] }]) {
    await controlsOf(chain).increaseTime({ seconds: WINDOW_S + 1 });
    await until(async () => send(call));
  }
}

/** Tries until the contract takes it. */
async function until(work: () => Promise<unknown>): Promise<void> {
  await waitFor(async () => {
    await work();
    return true;
  });
}
