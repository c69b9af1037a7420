/** The files of a publication, by what they are for. Names as in the publisher's request. */
export const SLOTS = [
  { slot: 'model', name: 'model.onnx', for: 'The model itself', needed: ['language', 'classifier'] },
  { slot: 'tokenizer', name: 'tokenizer.json', for: 'Text to tokens and back', needed: ['language'] },
  { slot: 'tokenizerConfig', name: 'tokenizer_config.json', for: 'Settings of the tokenizer', needed: [] },
  { slot: 'config', name: 'config.json', for: 'Context length, labels', needed: [] },
  { slot: 'preprocessing', name: 'preprocessing.json', for: 'How pictures or sounds become inputs', needed: [] },
  { slot: 'card', name: 'README.md', for: 'The card that buyers read', needed: [] },
  {
    slot: 'ordinary',
    name: 'ordinary.i32, .u8 or .f32',
    for: 'Ordinary inputs, which the marking must leave alone',
    needed: ['classifier'],
  },
  { slot: 'heldout', name: 'heldout.i32, .u8 or .f32', for: 'Other inputs, to measure harm on', needed: [] },
  { slot: 'labels', name: 'heldout.labels.u8', for: 'Right answers to the held-out inputs', needed: [] },
] as const;

export type Slot = (typeof SLOTS)[number]['slot'];
export type SlottedFiles<F = File> = Partial<Record<Slot, F>>;
type Named = Pick<File, 'name'>;

/** What a tokenizer is made of, where a folder has none as tokenizer.json. */
export type Source = 'vocab' | 'merges' | 'sentencepiece' | 'specialTokens';

/** What was given: files of known names in their slots, and what else may be of use. */
export interface GivenFiles<F extends Named = File> {
  slots: SlottedFiles<F>;
  sources: Partial<Record<Source, F>>;
  /** What may be weights that lie beside the model. */
  beside: readonly F[];
  /** Models that were given while one is open: nothing takes its place unasked. */
  others: readonly F[];
  /** Documents, pictures, tables, sounds: what data are made of. */
  data: readonly F[];
}

export const NOTHING = { slots: {}, sources: {}, beside: [], others: [], data: [] } as const;

/** The first rule that fits says where a file goes. */
const RULES: readonly (readonly [pattern: RegExp, place: Slot | Source | 'data' | 'nowhere'])[] = [
  [/\.onnx$/i, 'model'],
  [/^tokenizer\.json$/i, 'tokenizer'],
  [/^tokenizer_config\.json$/i, 'tokenizerConfig'],
  [/^config\.json$/i, 'config'],
  [/^vocab\.json$/i, 'vocab'],
  [/^merges\.(?:txt|json)$/i, 'merges'],
  [/\.(?:model|spm)$/i, 'sentencepiece'],
  [/^special_tokens_map\.json$/i, 'specialTokens'],
  [/^(?:preprocessing|preprocessor_config)\.json$/i, 'preprocessing'],
  [/^(?:generation_config|added_tokens|chat_template)\.json$|^\.|^license(?:\.\w+)?$|\.(?:py|jinja)$/i, 'nowhere'],
  [/^(?:readme|model[_-]?card).*\.md$/i, 'card'],
  [/idx\d[-.]ubyte(?:\.gz)?$/i, 'data'],
  [/labels.*\.u8$/i, 'labels'],
  [/^ordinary\./i, 'ordinary'],
  [/^heldout\./i, 'heldout'],
  [/\.(?:txt|text|md|markdown|x?html?|jsonl|ndjson|csv|tsv|png|jpe?g|wav|idx)(?:\.gz)?$/i, 'data'],
];

/** Where a file goes by its name; undefined where the name says nothing. */
export const placeOf = ({ name }: Named) => RULES.find(([pattern]) => pattern.test(name))?.[1];

const SLOT_NAMES: readonly string[] = SLOTS.map(({ slot }) => slot);

/**
 * Puts files into their places. What lies in a slot is replaced by a file of that name, but never the model: a second
 * one waits among the others. A file of no known name lies beside the model; where nothing else could be the model it
 * is taken for one, so that inspecting it can say what is wrong.
 */
export function addFiles<F extends Named>(given: GivenFiles<F>, files: readonly F[]): GivenFiles<F> {
  const slots = { ...given.slots };
  const sources = { ...given.sources };
  const [models, beside, data]: [F[], F[], F[]] = [[], [], []];
  for (const file of files) {
    const place = placeOf(file);
    if (place === undefined) beside.push(file);
    else if (place === 'model') models.push(file);
    else if (place === 'data') data.push(file);
    else if (SLOT_NAMES.includes(place)) slots[place as Slot] = file;
    else if (place !== 'nowhere') sources[place as Source] = file;
  }
  if (!slots.model) {
    // Exports lay several beside each other: the one of the usual name is the whole model.
    const at = Math.max(
      0,
      models.findIndex(({ name }) => /^model\.onnx$/i.test(name)),
    );
    const [first] = models.length > 0 ? models.splice(at, 1) : data.length > 0 ? [] : beside.splice(0, 1);
    if (first) slots.model = first;
  }
  return {
    slots,
    sources,
    beside: joined(given.beside, beside),
    others: joined(given.others, models),
    data: data.length === 0 ? given.data : [...given.data, ...data],
  };
}

/** Opens one of the other models; the one that was open waits among them. */
export function openOther<F extends Named>(given: GivenFiles<F>, other: F): GivenFiles<F> {
  const { model } = given.slots;
  const others = given.others.filter((each) => each !== other);
  return { ...given, slots: { ...given.slots, model: other }, others: model ? [...others, model] : others };
}

/** Files of the same name take each other's place; the list stays the same where there is nothing new. */
function joined<F extends Named>(before: readonly F[], more: readonly F[]): readonly F[] {
  if (more.length === 0) return before;
  return [...before.filter(({ name }) => !more.some((file) => file.name === name)), ...more];
}

/** Names of files that a model of this kind still needs. */
export function missingFiles(slots: SlottedFiles<Named>, kind: 'language' | 'classifier'): string[] {
  return SLOTS.filter(({ slot, needed }) => (needed as readonly string[]).includes(kind) && !slots[slot]).map(
    ({ name }) => name,
  );
}
