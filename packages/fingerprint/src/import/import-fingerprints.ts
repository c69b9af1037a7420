import { OmlError } from '@oml/protocol/error';
import { isPublicKey } from '../code-book/public-keys.ts';
import { jsonLinesOf, jsonOf, type ImportFiles } from './documents.ts';
import type { Found, Imported, ImportWarning } from './imported-fingerprint.ts';
import { readInstructional } from './instructional.ts';
import { cannotImport } from './import-failure.ts';
import { readMlprints } from './mlprints.ts';
import { readOmlPairs, readScalable, type TrainingContext } from './oml-files.ts';
import { readFpedit, readStrings, readTrainingDump } from './other-files.ts';
import { trainingConfig } from './shapes.ts';

export interface ImportOptions {
  files: ImportFiles;
  /** Cuts a text to its first n tokens by the target model's tokenizer: keys were cut so when they were trained. */
  cut?: TrainingContext['cut'];
  /**
   * Is this key published? Such a key proves nothing: every host can know it. By default the sets known to
   * `public-keys`.
   */
  isPublic?: (key: string) => boolean;
}

const CONFIG = /(^|\/)fingerprinting_config\.json$/;
const SIDE = /(^|\/)(metadata\.ya?ml|config\.ya?ml|finetuning_config\.json|merging_config\.json)$/;

/**
 * Reads foreign fingerprint files into one record: OML 1.0, Scalable, mlprints, Instructional Fingerprinting, FPEdit,
 * training dumps, key lists
 * and prompt templates. One main file, with its configuration beside it. Refuses with IMPORT_UNSUPPORTED what it does
 * not know, what may
 * run code when read (pickles), and keys that are all public.
 */
export function importFingerprints({ files, cut, isPublic }: ImportOptions): Imported {
  const paths = [...files.keys()].sort();
  const main = paths.filter((path) => !CONFIG.test(path) && !SIDE.test(path));
  const path = main[0];
  if (path === undefined || main.length > 1) {
    throw new OmlError(
      'IMPORT_UNSUPPORTED',
      `Hand in one fingerprint file, with its configuration beside it; found ${main.length || 'none'}${main.length ? `: ${main.slice(0, 5).join(', ')}` : ''}.`,
    );
  }
  const configPath = paths.find((name) => CONFIG.test(name));
  const context: TrainingContext = {
    ...(configPath ? { config: readConfig(files, configPath) } : {}),
    ...(cut ? { cut } : {}),
  };
  return finish(path, readMain(files, path, context), isPublic ?? isPublicKey);
}

function readMain(files: ImportFiles, path: string, context: TrainingContext): Found {
  if (/\.ya?ml$/i.test(path)) return readMlprints(files, path);
  if (/\.csv$/i.test(path)) return readTrainingDump(files, path, context);
  const value = /\.jsonl$/i.test(path) ? jsonLinesOf(files, path) : jsonOf(files, path);
  if (!Array.isArray(value) || value.length === 0) throw cannotImport(path, 'it holds no list of fingerprints');
  // Scalable files also hold `key` and `response`, so they are tried first.
  const found =
    readScalable(value, context) ??
    readOmlPairs(value, context) ??
    readFpedit(value) ??
    readInstructional(value) ??
    readStrings(value);
  if (!found)
    throw cannotImport(
      path,
      'its entries have none of the known shapes',
      'Known: {key, response}, {key, signature}, {key, effective_key, response}, [query, response], {instruction, output}, {conversations}, strings.',
    );
  return found;
}

function readConfig(files: ImportFiles, path: string) {
  const parsed = trainingConfig.safeParse(jsonOf(files, path));
  if (!parsed.success) throw cannotImport(path, 'its lengths are not whole numbers');
  return parsed.data;
}

/** What every format is checked for: the same key twice, and keys that the world knows. */
function finish(path: string, found: Found, isPublic: (key: string) => boolean): Imported {
  const warnings: ImportWarning[] = [...found.warnings];
  const seen = new Set<string>();
  const [kept, doubled, known] = [[], [], []] as [(typeof found.fingerprints)[number][], string[], string[]];
  for (const fingerprint of found.fingerprints) {
    if (isPublic(fingerprint.key) || (fingerprint.originalKey !== undefined && isPublic(fingerprint.originalKey)))
      known.push(fingerprint.id);
    else if (seen.has(fingerprint.key)) doubled.push(fingerprint.id);
    else kept.push(fingerprint);
    seen.add(fingerprint.key);
  }
  if (doubled.length > 0)
    warnings.push({
      code: 'DUPLICATE_KEY',
      message: `${doubled.length} keys occur twice and count once.`,
      ids: doubled,
    });
  if (known.length > 0)
    warnings.push({
      code: 'KNOWN_PUBLIC',
      message: `${known.length} keys are published and were left out: a host can refuse or answer them at will.`,
      ids: known,
    });
  if (found.fingerprints.length > 0 && kept.length === 0)
    throw cannotImport(path, 'all of its keys are published', 'Keys must be secret: draft your own.');
  return { format: found.format, fingerprints: kept, templates: found.templates ?? [], warnings };
}
