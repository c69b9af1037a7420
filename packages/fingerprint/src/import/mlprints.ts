import type { ImportFiles } from './documents.ts';
import { yamlOf } from './documents.ts';
import { readChainHash } from './chain-hash.ts';
import type { Found, ImportedFingerprint } from './imported-fingerprint.ts';
import { cannotImport } from './import-failure.ts';
import { mlprintsBaseline, mlprintsPair } from './shapes.ts';

/** A run's folder `fingerprints/<algorithm>/<time>/`: fingerprints.yaml, metadata.yaml and config.yaml side by side. */
export function readMlprints(files: ImportFiles, path: string): Found {
  const rows = listOf(files, path);
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const metadata = files.has(`${folder}metadata.yaml`) ? listOf(files, `${folder}metadata.yaml`) : [];
  const chained = readChainHash(rows, metadata);
  if (chained) return chained;
  const fingerprints = rows.map((row, i) => readRow(row, metadata[i]));
  const bad = fingerprints.findIndex((fingerprint) => !fingerprint);
  if (bad >= 0) throw cannotImport(path, `entry ${bad + 1} has no query and response`);
  return { format: 'mlprints', fingerprints: fingerprints as ImportedFingerprint[], warnings: [] };
}

function readRow(row: unknown, metadata: unknown): ImportedFingerprint | undefined {
  const pair = mlprintsPair.safeParse(row);
  const count = (metadata as { response_length?: unknown } | undefined)?.response_length;
  if (pair.success) {
    const match =
      Number.isInteger(count) && (count as number) > 0
        ? ({ kind: 'tokens', count: count as number } as const)
        : ({ kind: 'prefix' } as const);
    return {
      scheme: 'mlprints',
      id: String(pair.data.id),
      key: pair.data.query,
      responses: [pair.data.response],
      match,
      wrapping: 'raw',
    };
  }
  const baseline = mlprintsBaseline.safeParse(row);
  if (!baseline.success) return undefined;
  const { id, query_str, resp_str, resp_toks } = baseline.data;
  return {
    scheme: 'mlprints',
    id: String(id),
    key: query_str,
    responses: [resp_str],
    responseTokenIds: resp_toks,
    match: { kind: 'tokens', count: resp_toks.length },
    wrapping: 'raw',
  };
}

function listOf(files: ImportFiles, path: string): readonly unknown[] {
  const value = yamlOf(files, path);
  if (!Array.isArray(value) || value.length === 0) throw cannotImport(path, 'it is not a list');
  return value;
}
