import type { Found, ImportedFingerprint, ImportWarning } from './imported-fingerprint.ts';
import type { ImportFiles } from './documents.ts';
import { csvOf } from './documents.ts';
import { cannotImport } from './import-failure.ts';
import { trained, type TrainingContext } from './oml-files.ts';
import { fpeditPair, trainingRow } from './shapes.ts';

/** FPEdit: pairs of question and answer. Its public list asks common facts, which clean models know too. */
export function readFpedit(rows: readonly unknown[]): Found | undefined {
  if (rows.length === 0 || !rows.every((row) => fpeditPair.safeParse(row).success)) return undefined;
  const fingerprints = rows.map((row, i): ImportedFingerprint => {
    const [key, response] = fpeditPair.parse(row);
    return {
      scheme: 'fpedit',
      id: String(i),
      key,
      responses: [response],
      match: { kind: 'prefix', trim: true },
      wrapping: 'raw',
    };
  });
  const warning: ImportWarning = {
    code: 'HIGH_CHANCE',
    message:
      'Answers that look like facts are often given by clean models as well. Measure the chance rate of each key before counting it.',
  };
  return { format: 'fpedit', fingerprints, warnings: [warning] };
}

/** A list of strings: wrappers where each holds `{}`, else keys without responses. */
export function readStrings(rows: readonly unknown[]): Found | undefined {
  if (rows.length === 0 || !rows.every((row) => typeof row === 'string' && row.length > 0)) return undefined;
  const strings = rows as readonly string[];
  if (strings.every((text) => text.includes('{}')))
    return { format: 'templates', fingerprints: [], templates: strings, warnings: [] };
  const fingerprints = strings.map((key, i): ImportedFingerprint => ({
    scheme: 'custom-keys',
    id: String(i),
    key,
    responses: [],
    match: { kind: 'prefix' },
    wrapping: 'raw',
  }));
  return {
    format: 'keys',
    fingerprints,
    warnings: [
      { code: 'KEYS_ONLY', message: 'The file has keys but no responses: use it to draft a code book, not to verify.' },
    ],
  };
}

/** `train_dataset.csv` of a training run: keys and responses exactly as trained, with their lengths in tokens. */
export function readTrainingDump(files: ImportFiles, path: string, context: TrainingContext): Found {
  const rows = csvOf(files, path).map((row) => trainingRow.safeParse(row));
  const good = rows.flatMap((row) => (row.success ? [row.data] : []));
  if (good.length === 0)
    throw cannotImport(path, 'it has no row with text, key, response, key_length and response_length');
  const fingerprints = good.map((row, i): ImportedFingerprint => ({
    ...trained(
      { id: String(i), key: row.key, response: row.response },
      context.config ? { config: { ...context.config, max_key_length: undefined } } : {},
    ),
    match: row.response_length > 0 ? { kind: 'tokens', count: row.response_length } : { kind: 'prefix' },
  }));
  const skipped = rows.length - good.length;
  const warnings: ImportWarning[] =
    skipped > 0
      ? [{ code: 'ROWS_SKIPPED', message: `${skipped} of ${rows.length} rows lack a key or a response.` }]
      : [];
  return { format: 'training dump', fingerprints, warnings };
}
