import { describe, expect, it } from 'vitest';
import { inlineEvidence, readEvidence, readInline, reportEvidenceSchema } from './report-evidence.ts';

describe('evidence that carries itself', () => {
  it('comes back as it went', () => {
    const { evidenceUri, evidenceHash } = inlineEvidence({ model: 'größer', domains: ['acme.com'] });
    expect(readEvidence(readInline(evidenceUri)!, evidenceHash, reportEvidenceSchema)).toEqual({
      model: 'größer',
      domains: ['acme.com'],
    });
  });

  it('is nothing where it is another, too long, or no document', () => {
    const { evidenceUri, evidenceHash } = inlineEvidence({ note: 'x' });
    expect(readEvidence('{}', evidenceHash, reportEvidenceSchema)).toBeUndefined();
    expect(readInline('https://example.org')).toBeUndefined();
    expect(readInline(`${evidenceUri}%`)).toBeUndefined();
    expect(readInline(evidenceUri + 'A'.repeat(5_000))).toBeUndefined();
    const list = inlineEvidence(['no document']);
    expect(readEvidence(readInline(list.evidenceUri)!, list.evidenceHash, reportEvidenceSchema)).toBeUndefined();
  });
});
