import { OmlError } from '@oml/protocol/error';
import { leakQuestionSigner } from '@oml/protocol/signed/leak-question';
import { leakedDigest, leakQuestionSchema, type LeakReport } from '@oml/protocol/wire/leak-report';
import { readRequest } from '@oml/protocol/wire/read-request';
import type { Chain } from '@oml/service/chain';
import type { Address } from 'viem';
import { mustBeOfNow, mustBeSigned, mustOwn, registryOf } from '../chain/model-owner.ts';
import { keyBody } from '../programs/key-body.ts';
import type { MintedModels } from '../programs/minted-models.ts';
import type { Release, Releases } from '../programs/release.ts';
import { canariesOf, type Canaries } from './canaries.ts';
import type { Grants, GivenKeys } from './grants.ts';
import type { Recipients } from './recipients.ts';

interface LeaksParts {
  chain: Chain;
  minted: MintedModels;
  releases: Releases;
  grants: Grants;
  canaries: Canaries;
  recipients: Recipients;
}
type Recipient = LeakReport['recipients'][number];

/** Tells to whom what leaked was given: a model's owner alone, since it tells which prompts are probes. */
export class Leaks {
  private readonly parts: LeaksParts;

  constructor(parts: LeaksParts) {
    this.parts = parts;
  }

  /** Of all releases of a model. Throws REQUEST_INVALID, NOT_FOUND, SIGNATURE_INVALID, UNAUTHORIZED. */
  async ask(modelId: bigint, body: unknown, signature: string | undefined): Promise<LeakReport> {
    const { seen, at, askedAt } = readRequest(leakQuestionSchema, body, 'The question about a leak is refused');
    const { chain, minted, releases, recipients } = this.parts;
    const signed = mustBeSigned(signature);
    mustBeOfNow(askedAt);
    const question = { modelId, seen: leakedDigest({ seen, ...(at ? { at } : {}) }), askedAt: BigInt(askedAt) };
    await mustOwn(chain, modelId, await leakQuestionSigner(question, signed, registryOf(chain)));
    const published = (await minted.releases()).get(String(modelId));
    if (!published) throw new OmlError('NOT_FOUND', `Model ${modelId} was not published here.`);
    const texts = new Set(seen.map(textOf));
    const known = new Set<string>();
    const chosen = await recipients.of(String(modelId));
    const told: Recipient[] = [];
    let keys = 0;
    for (const { release } of published) {
      const opened = await releases.open(modelId, release);
      const found = findIn(opened, texts);
      keys += found.keys.size;
      for (const text of found.texts) known.add(text);
      told.push(...(await this.recipientsOf(String(modelId), release, { ...found, ...(at ? { at } : {}) }, opened)));
    }
    const unknown = texts.size - known.size;
    return { modelId: String(modelId), chosen: chosen && [...chosen], recipients: told, keys, unknown };
  }

  private async recipientsOf(
    modelId: string,
    release: number,
    { keys, canaries, at }: Found & { at?: Address },
    { book: { commonCount } }: Release,
  ): Promise<Recipient[]> {
    const given = await this.parts.canaries.givenOf({ modelId, release });
    const grants = Map.groupBy(await this.parts.grants.givenOf(modelId, release), ({ verifier }) => verifier);
    return [...grants].map(([verifier, batches]) => {
      const canary = given.get(verifier);
      return {
        verifier,
        release,
        batches: batches.length,
        keys: [...keys].filter((index) => batches.some((batch) => asks(batch, index, commonCount))).length,
        canary: canary === undefined ? 'none' : canaries.has(canary) ? 'seen' : 'unseen',
        asked: at !== undefined && batches.some(({ account }) => account === at.toLowerCase()),
      };
    });
  }
}

interface Found {
  /** Indices of keys, numbers of canaries, and the texts of both. */
  keys: Set<number>;
  canaries: Set<number>;
  texts: Set<string>;
}

function findIn({ book, decoys }: Release, texts: ReadonlySet<string>): Found {
  const find = (bodies: readonly object[]) =>
    bodies.map(bodyText).flatMap((text, i) => (texts.has(text) ? [{ text, i }] : []));
  const keys = find(book.keys.slice(0, book.commonCount).map(({ prompt }) => keyBody(prompt)));
  const canaries = find(canariesOf(decoys));
  return {
    keys: new Set(keys.map(({ i }) => i)),
    canaries: new Set(canaries.map(({ i }) => i)),
    texts: new Set([...keys, ...canaries].map(({ text }) => text)),
  };
}

const asks = ({ firstKey, items }: GivenKeys, index: number, commonCount: number): boolean =>
  (index - firstKey + commonCount) % commonCount < items;

/** What tells two requests apart, however they were written down: the prompt, or a tensor's bytes. */
const bodyText = (body: { prompt?: unknown; messages?: unknown; data?: unknown }): string =>
  (typeof body.prompt === 'string' ? body.prompt : JSON.stringify(body.messages ?? body.data ?? body)).trim();

function textOf(line: string): string {
  try {
    const json: unknown = JSON.parse(line);
    if (json instanceof Object && !Array.isArray(json)) return bodyText(json);
  } catch {
    // It is the prompt itself.
  }
  return line.trim();
}
