import type { ModelSource } from '@oml/fingerprint/release/model-source';
import { publicationOrderSchema, type MintedModel, type PublicationOrder } from './publication-facts.ts';
import type { Uploads } from '../http/uploads.ts';

/** A clean model that the keys' chance is measured on. */
export interface ControlSource {
  name: string;
  source: ModelSource;
  /** Nobody asked for it: leave it out where it cannot read the keys. */
  mayBeUnfit: boolean;
}

/** Controls at most, and how many there should be at least. */
const [MOST, WANTED] = [8, 3];

/**
 * The models that the owner named, read with the tokenizer of the request; while there are fewer than three, also the
 * clean models that were published here before, of the same kind and each with its own tokenizer. Panels are no better
 * than what an owner has: models of one house often share their training data, and the bound of 2^-bits, which comes
 * from the beacon, does not rest on them.
 */
export async function controlPanel(
  uploads: Uploads,
  request: PublicationOrder,
  minted: readonly Pick<MintedModel, 'request'>[],
): Promise<ControlSource[]> {
  const { panel } = publicationOrderSchema.parse(request);
  const own = await sourceOf(uploads, request);
  const named = await Promise.all(
    panel.map(async (uploadId) => ({
      name: uploadId,
      source: { ...own, model: await uploads.get(uploadId) },
      mayBeUnfit: false,
    })),
  );
  const known = new Set([...panel, request.files.model]);
  const others = minted.filter((other) => other.request.kind === request.kind && !known.has(other.request.files.model));
  const distinct = [...new Map(others.map((other) => [other.request.files.model, other])).values()].slice(
    0,
    Math.max(0, WANTED - named.length),
  );
  const added = await Promise.all(
    distinct.map(async (other) => ({
      name: other.request.name,
      source: await sourceOf(uploads, other.request),
      mayBeUnfit: true,
    })),
  );
  return [...named, ...added].slice(0, MOST);
}

/** The files of a request, read from the uploads. Throws NOT_FOUND. */
export async function sourceOf(uploads: Uploads, { kind, files }: PublicationOrder): Promise<ModelSource> {
  const read = async (name: keyof typeof files) =>
    files[name] === undefined ? {} : { [name]: await uploads.get(files[name]) };
  const parts = await Promise.all(
    (['tokenizer', 'tokenizerConfig', 'preprocessing', 'ordinary', 'heldout', 'labels'] as const).map(read),
  );
  return { kind, model: await uploads.get(files.model), ...Object.assign({}, ...parts) };
}
