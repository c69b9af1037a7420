import { writeFileSync } from 'node:fs';
import { digestsOf, type ReferenceDigests } from './reference-ids.ts';
import { takenForms } from './tokenizer-forms.ts';

// Writes reference-ids.json by Hugging Face's own tokenizers (Apache-2.0, 64 MB of native code, so no dependency):
//   npm install --no-save tokenizers@0.23.2 && node packages/onnx/test-support/make-reference-ids.ts

interface Native {
  Tokenizer: {
    fromString(json: string): {
      encode(text: string): Promise<{ getIds(): number[] }>;
      decode(ids: number[], skipSpecial: boolean): Promise<string>;
    };
  };
}

const name: string = 'tokenizers';
const { Tokenizer } = (await import(name)) as Native;
/** Closes a text; a prompt is to be continued, so it stays open. */
const EOS = 2;

const digests: Record<string, ReferenceDigests> = {};
for (const [form, json] of Object.entries(takenForms())) {
  const native = Tokenizer.fromString(JSON.stringify(json));
  digests[form] = await digestsOf({
    async encode(line) {
      const ids = (await native.encode(line)).getIds();
      while (ids.length > 1 && ids.at(-1) === EOS) ids.pop();
      return ids;
    },
    decode: (ids) => native.decode(ids, true),
  });
}
writeFileSync(new URL('reference-ids.json', import.meta.url), `${JSON.stringify(digests, null, 2)}\n`);
