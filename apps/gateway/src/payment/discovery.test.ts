import { classifyBody } from '@oml/protocol/wire/call-body';
import { chatBody } from '@oml/protocol/wire/chat-body';
import { completionBody } from '@oml/protocol/wire/completion-body';
import { EMBEDDINGS_PATH, embeddingsBody } from '@oml/protocol/wire/embeddings-body';
import { CALL_PATH, CHAT_PATH } from '@oml/protocol/wire/model-kind';
import { extractDiscoveryInfo, validateDiscoveryExtension, type DiscoveryExtension } from '@x402/extensions/bazaar';
import { describe, expect, it } from 'vitest';
import { discoveryOf } from './discovery.ts';

const BODIES = {
  [CALL_PATH.language]: completionBody,
  [CHAT_PATH]: chatBody,
  [EMBEDDINGS_PATH]: embeddingsBody,
  [CALL_PATH.classifier]: classifyBody,
};
/** Of a header: it travels with every payment, and back. */
const MOST_BYTES = 1_200;

const bazaarOf = (path: string) => discoveryOf(path, 'fable')!['bazaar'] as DiscoveryExtension;

describe.each(Object.entries(BODIES))('what a catalogue is told of %s', (path, body) => {
  it('is valid by the official package, and small', () => {
    expect(validateDiscoveryExtension(bazaarOf(path))).toEqual({ valid: true });
    expect(JSON.stringify(bazaarOf(path)).length).toBeLessThan(MOST_BYTES);
  });

  it('has an example that this gateway would read', () => {
    const { input } = bazaarOf(path).info as { input: { method: string; body: unknown } };
    expect(input.method).toBe('POST');
    expect(body.parse(input.body)).toMatchObject({ model: 'fable' });
  });
});

describe('a catalogue', () => {
  it('finds the call in a payment, as facilitators do', () => {
    const resource = { url: `https://host.example${CHAT_PATH}`, description: 'One answer of fable' };
    const extensions = discoveryOf(CHAT_PATH, 'fable')!;
    const payload = { x402Version: 2, accepted: {}, payload: {}, resource, extensions };
    expect(extractDiscoveryInfo(payload as never, {} as never)).toMatchObject({
      resourceUrl: resource.url,
      method: 'POST',
    });
  });

  it('is told nothing of a path that names the model', () => {
    expect(discoveryOf('/v2/models/digits/infer', 'digits')).toBeUndefined();
  });
});
