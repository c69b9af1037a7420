import { describe, expect, it } from 'vitest';
import { promptFromJson, promptToJson, type Prompt } from './prompt.ts';

describe('a prompt as JSON', () => {
  it('comes back as it was, a photograph too', () => {
    const data = Float32Array.from({ length: 224 * 224 * 3 }, (_, i) => i / 7);
    const prompt: Prompt = { kind: 'tensor', shape: [1, 3, 224, 224], data };
    expect(promptFromJson(promptToJson(prompt))).toEqual(prompt);
  });

  it('is itself where it is text', () => {
    const prompt: Prompt = { kind: 'text', text: 'once', ids: [1, 2] };
    expect(promptFromJson(promptToJson(prompt))).toEqual(prompt);
  });
});
