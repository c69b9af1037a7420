import { fromBase64, toBase64 } from '@oml/protocol/wire/base64';
import type { Texts } from '@oml/sdk/texts';
import { ownKey } from './own-key.ts';

export type Place = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Texts that lie encrypted; what does not open any more is as if it were not there. */
export interface SealedTexts extends Texts {
  forget(name: string): void;
}

const IV_BYTES = 12;

/** Keeps texts in a browser's storage under `prefix`, each sealed (AES-GCM) to its own place there. */
export function sealedTexts(place: Place, prefix: string, keyOf: () => Promise<CryptoKey> = ownKey): SealedTexts {
  const nameOf = (name: string): string => `${prefix}.${name}`;
  const parametersOf = (name: string, iv: Uint8Array<ArrayBuffer>) => ({
    name: 'AES-GCM',
    iv,
    additionalData: new TextEncoder().encode(nameOf(name)),
  });
  return {
    async read(name) {
      const sealed = place.getItem(nameOf(name));
      if (sealed === null) return undefined;
      try {
        const bytes = fromBase64(sealed);
        const parameters = parametersOf(name, bytes.subarray(0, IV_BYTES));
        const opened = await crypto.subtle.decrypt(parameters, await keyOf(), bytes.subarray(IV_BYTES));
        return new TextDecoder().decode(opened);
      } catch {
        return undefined;
      }
    },
    async write(name, text) {
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const parameters = parametersOf(name, iv);
      const sealed = await crypto.subtle.encrypt(parameters, await keyOf(), new TextEncoder().encode(text));
      place.setItem(nameOf(name), toBase64(new Uint8Array([...iv, ...new Uint8Array(sealed)])));
    },
    forget: (name) => place.removeItem(nameOf(name)),
  };
}
