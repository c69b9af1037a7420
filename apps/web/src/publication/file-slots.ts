/** The files of a publication, by what they are for. Names as in the publisher's request. */
export const SLOTS = [
  { slot: 'model', name: 'model.onnx', for: 'The model itself', needed: ['language', 'classifier'] },
  { slot: 'tokenizer', name: 'tokenizer.json', for: 'Text to tokens and back', needed: ['language'] },
  { slot: 'tokenizerConfig', name: 'tokenizer_config.json', for: 'Settings of the tokenizer', needed: [] },
  { slot: 'config', name: 'config.json', for: 'Context length, labels', needed: [] },
  { slot: 'card', name: 'README.md', for: 'The card that buyers read', needed: [] },
  {
    slot: 'ordinary',
    name: 'ordinary.i32 or .u8',
    for: 'Ordinary inputs, which the marking must leave alone',
    needed: ['classifier'],
  },
  { slot: 'heldout', name: 'heldout.i32 or .u8', for: 'Other inputs, to measure harm on', needed: [] },
  { slot: 'labels', name: 'heldout.labels.u8', for: 'Right answers to the held-out inputs', needed: [] },
] as const;

export type Slot = (typeof SLOTS)[number]['slot'];
export type SlottedFiles = Partial<Record<Slot, File>>;
type Named = Pick<File, 'name'>;

const RULES: readonly (readonly [RegExp, Slot])[] = [
  [/\.onnx$/i, 'model'],
  [/^tokenizer\.json$/i, 'tokenizer'],
  [/^tokenizer_config\.json$/i, 'tokenizerConfig'],
  [/^config\.json$/i, 'config'],
  [/labels/i, 'labels'],
  [/^ordinary\./i, 'ordinary'],
  [/^heldout\./i, 'heldout'],
  [/\.md$/i, 'card'],
];

/** What was given: files of known names in their slots, and what may be weights that lie beside the model. */
export interface GivenFiles<F extends Named = File> {
  slots: Partial<Record<Slot, F>>;
  beside: readonly F[];
}

/** Which slot a file goes to by its name; undefined where the name says nothing. */
export const slotOf = ({ name }: Named): Slot | undefined => RULES.find(([pattern]) => pattern.test(name))?.[1];

/**
 * Puts files into their slots, over those already there. A file of no known name lies beside the model; without a model
 * it is taken for one, so that inspecting it can say what is wrong.
 */
export function addFiles<F extends Named>({ slots, beside }: GivenFiles<F>, files: readonly F[]): GivenFiles<F> {
  const filled = { ...slots };
  const unknown: F[] = [];
  for (const file of files) {
    const slot = slotOf(file);
    if (slot) filled[slot] = file;
    else unknown.push(file);
  }
  if (!filled.model) return { slots: { ...filled, ...(unknown[0] ? { model: unknown[0] } : {}) }, beside };
  if (unknown.length === 0) return { slots: filled, beside };
  const kept = beside.filter(({ name }) => !unknown.some((file) => file.name === name));
  return { slots: filled, beside: [...kept, ...unknown] };
}

/** Names of files that a model of this kind still needs. */
export function missingFiles(slots: Partial<Record<Slot, Named>>, kind: 'language' | 'classifier'): string[] {
  return SLOTS.filter(({ slot, needed }) => (needed as readonly string[]).includes(kind) && !slots[slot]).map(
    ({ name }) => name,
  );
}
