import { nodeEngine } from '@oml/onnx/runner-node';
import { describe, expect, it } from 'vitest';
import { subjects } from '../../test-support/bench-subjects.ts';
import { openSubject } from '../subject/subject.ts';
import { usualProfile } from './profile.ts';

const open = (name: string) => openSubject(subjects[name]!()!.files, nodeEngine());

describe('the profile of a draft where nobody names one', () => {
  it('is hardened for a language model that it takes minutes for', async () => {
    expect(await usualProfile(open('fable-mini'))).toBe('hardened');
  });

  it('is fast for a model that is too large for that, one whose gradients are not known, and a classifier', async () => {
    const subject = open('fable-mini');
    const { inspection, engine } = subject;
    expect(await usualProfile({ ...subject, inspection: { ...inspection, parameters: 2e9 } })).toBe('fast');
    expect(await usualProfile({ ...subject, inspection: { ...inspection, dtype: 'float16' } })).toBe('fast');
    expect(await usualProfile(open('digits'))).toBe('fast');
    const failing = { ...engine, open: () => Promise.reject(new Error('out of memory')) };
    await expect(usualProfile({ ...subject, engine: failing })).rejects.toThrow('out of memory');
  });
});
