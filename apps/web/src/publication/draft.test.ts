import { describe, expect, it } from 'vitest';
import { forgetDraft, keepDraft, keptDraft } from './draft.ts';
import { initialTerms } from './publish-terms.ts';

function place(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  const kept = new Map<string, string>();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, text) => void kept.set(name, text),
    removeItem: (name) => void kept.delete(name),
  };
}
const start = initialTerms('classifier');

describe('the draft of a publication', () => {
  it('is the form as it was left, for each kind of model', () => {
    const here = place();
    keepDraft(here, 'classifier', { ...start, name: 'digits', price: '0.5' });
    expect(keptDraft(here, 'classifier', start)).toEqual({ ...start, name: 'digits', price: '0.5' });
    expect(keptDraft(here, 'language', initialTerms('language'))).toEqual(initialTerms('language'));
    forgetDraft(here, 'classifier');
    expect(keptDraft(here, 'classifier', start)).toEqual(start);
  });
  it('never gives a demo away: that is said anew each time', () => {
    const here = place();
    keepDraft(here, 'classifier', { ...start, demo: true });
    expect(keptDraft(here, 'classifier', start).demo).toBe(false);
  });
  it.each(['no JSON', '[1]', 'null', '{"name": 7, "common": {}, "else": "x"}'])('starts anew from %s', (text) => {
    const here = place();
    here.setItem('oml.publish.classifier', text);
    expect(keptDraft(here, 'classifier', start)).toEqual(start);
  });
});
