import { withPatches } from '../file/overlay.ts';
import { patchTensor, readStored } from '../file/patch.ts';
import type { StoredModel } from '../file/stored-model.ts';
import { openRunner } from '../run/open-runner.ts';
import { argmax } from '../run/sampling.ts';
import { outputOf, type Engine, type FloatTensor, type Runner, type Tensor } from '../run/runner.ts';
import { unsupported, type Inspection } from './inspection.ts';
import { probeFeeds, withOtherEnd } from './probe-feeds.ts';
import { readoutError } from './readout-error.ts';
import { minus, relative, shifts, trialEdit } from './trial-edit.ts';

/** What was measured on the running model; every error is relative. */
export interface SiteProof {
  /** Positions that were compared. */
  rows: number;
  /** Between the shift of the hidden rows and key · ΔW. */
  shiftError: number;
  /** Change of the keys under an edit: nothing before the site may depend on it. */
  keyError: number;
  /** Between the scores and head(norm(hidden)); 0 where the hidden rows are the scores. */
  readoutError: number;
}

/** float16 graphs keep three digits. */
const TOLERANCE = { float32: 2e-3, float16: 5e-2, bfloat16: 5e-2, packed: 0 };

/**
 * Tests an inspection on the model as it runs: an edit of zero, written and read back, leaves every output bit-equal; a
 * real edit shifts `hidden` by
 * key · ΔW and leaves the keys; the scores follow from `hidden` by the norm and head that were named; a decoder looks
 * at no later token. Throws
 * MODEL_UNSUPPORTED with the reason where any of it fails. Models above `maxWholeBytes` of weights are run block by
 * block.
 */
export async function proveSite(
  model: StoredModel,
  inspection: Inspection,
  engine: Engine,
  { seed = 1, maxWholeBytes }: ProofOptions = {},
): Promise<SiteProof> {
  if (inspection.readOnly !== undefined) throw unsupported(inspection.readOnly);
  const feeds = probeFeeds(inspection, seed);
  const bench: Bench = { inspection, feeds, open: (tried, names) => openRunner(tried, engine, names, maxWholeBytes) };
  await proveZeroEdit(model, bench);
  const before = await observe(model, bench);
  const edit = await trialEdit(model, inspection, before.keys.data, before.hidden.data, seed);
  const after = await observe(withPatches(model, [edit.patch]), bench);
  const proof: SiteProof = {
    rows: before.keys.data.length / inspection.site.keySize,
    shiftError: relative(
      shifts(before.keys.data, edit.delta, inspection),
      minus(after.hidden.data, before.hidden.data),
    ),
    keyError: relative(before.keys.data, after.keys.data),
    readoutError: await readoutError(model, inspection, after.hidden.data, after.scores.data),
  };
  const limit = TOLERANCE[inspection.dtype];
  if (!(proof.keyError < limit)) throw unsupported('an edit of its last projection changes what that projection reads');
  if (!(proof.shiftError < limit))
    throw unsupported('an edit of its last projection does not add up in the last residual sum');
  if (!(proof.readoutError < limit))
    throw unsupported('its scores do not follow from the last residual sum by the norm and head that were found');
  if (inspection.kind === 'classifier') await proveOrder(model, bench, before.scores.data);
  if (inspection.kind === 'language') await proveCausal(model, bench, before, limit);
  return proof;
}

export interface ProofOptions {
  /** Of the random inputs and of the trial edit. */
  seed?: number;
  maxWholeBytes?: number | undefined;
}

interface Bench {
  inspection: Inspection;
  feeds: Record<string, Tensor>;
  open: (model: StoredModel, names?: readonly string[]) => Promise<Runner>;
}

interface Observed {
  keys: FloatTensor;
  hidden: FloatTensor;
  scores: FloatTensor;
}

async function observe(
  model: StoredModel,
  { inspection: { site, logitsTensor }, feeds, open }: Bench,
): Promise<Observed> {
  const names = [site.keyTensor, site.hiddenTensor, logitsTensor] as const;
  const runner = await open(model, names);
  try {
    const outputs = await runner.run(feeds, [...new Set(names)]);
    return {
      keys: outputOf(outputs, names[0]),
      hidden: outputOf(outputs, names[1]),
      scores: outputOf(outputs, names[2]),
    };
  } finally {
    await runner.dispose();
  }
}

/** By the way that editions are written: the weights read from the file, and the same weights patched into it. */
async function proveZeroEdit(model: StoredModel, bench: Bench): Promise<void> {
  const { initializer } = bench.inspection.site;
  const zero = patchTensor(model, initializer, await readStored(model, initializer));
  const [original, edited] = [await allOutputs(model, bench), await allOutputs(withPatches(model, [zero]), bench)];
  for (const [name, tensor] of Object.entries(original))
    if (!sameBits(tensor, edited[name])) throw unsupported(`an edit of zero changes its output "${name}"`);
}

async function allOutputs(model: StoredModel, { feeds, open }: Bench): Promise<Record<string, Tensor>> {
  const runner = await open(model);
  try {
    return await runner.runTensors(feeds);
  } finally {
    await runner.dispose();
  }
}

async function proveCausal(model: StoredModel, bench: Bench, before: Observed, limit: number): Promise<void> {
  const { inspection, feeds } = bench;
  const other = await observe(model, { ...bench, feeds: withOtherEnd(inspection, feeds) });
  const length = feeds[inspection.input.name]!.dims[1]!;
  const early = (scores: Float32Array) =>
    scores.filter((_, i) => Math.floor(i / inspection.outcomes) % length < length - 1);
  if (!(relative(early(before.scores.data), early(other.scores.data)) < limit))
    throw unsupported('its scores depend on later tokens');
}

/** A classifier answers with its output, whose likeliest class must be that of the scores that were found. */
async function proveOrder(
  model: StoredModel,
  { inspection: { output, outcomes, logitsTensor }, feeds, open }: Bench,
  scores: Float32Array,
): Promise<void> {
  if (output === logitsTensor) return;
  const runner = await open(model);
  const given = await runner.run(feeds, [output]).finally(() => runner.dispose());
  const { data } = outputOf(given, output);
  for (let at = 0; at < scores.length; at += outcomes) {
    const row = data.subarray(at, at + outcomes);
    const most = row.reduce((a, b) => Math.max(a, b), -Infinity);
    if (!(row[argmax(scores, at, outcomes)]! >= most - 1e-6 * Math.max(1, Math.abs(most))))
      throw unsupported('the likeliest class of its output is not that of the scores that were found');
  }
}

function sameBits(a: Tensor, b: Tensor | undefined): boolean {
  const bytes = ({ data }: Tensor) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const [left, right] = [bytes(a), b ? bytes(b) : new Uint8Array()];
  return b !== undefined && left.length === right.length && left.every((byte, i) => byte === right[i]);
}
