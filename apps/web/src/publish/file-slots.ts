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

/**
 * Which slot a file goes to by its name; a file of no known name is taken for the model, so that inspecting it can say
 * what is wrong.
 */
export const slotOf = ({ name }: Named): Slot => RULES.find(([pattern]) => pattern.test(name))?.[1] ?? 'model';

/**
 * Puts files into their slots, over those already there. A file that is an ONNX file by name is never displaced by one
 * that is not.
 */
export function addFiles<F extends Named>(
  slots: Partial<Record<Slot, F>>,
  files: readonly F[],
): Partial<Record<Slot, F>> {
  const sorted = [...files].sort((a, b) => Number(/\.onnx$/i.test(a.name)) - Number(/\.onnx$/i.test(b.name)));
  return sorted.reduce((filled, file) => ({ ...filled, [slotOf(file)]: file }), slots);
}

/** Names of files that a model of this kind still needs. */
export function missingFiles(slots: Partial<Record<Slot, Named>>, kind: 'language' | 'classifier'): string[] {
  return SLOTS.filter(({ slot, needed }) => (needed as readonly string[]).includes(kind) && !slots[slot]).map(
    ({ name }) => name,
  );
}
