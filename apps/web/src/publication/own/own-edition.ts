import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { toBase64 } from '@oml/protocol/wire/base64';
import { editionSealInfo, type EditionContainer } from '@oml/protocol/wire/edition-container';
import { concatBytes, hexToBytes, type Hex } from 'viem';

/** RFC 9180 in base mode, as hosts open it. */
const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

/** The plaintext of an edition: gzip of `{"files": {name: base64}}`. */
export async function packEdition(files: Record<string, Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const container: EditionContainer = {
    files: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, toBase64(bytes)])),
  };
  const zipped = new Blob([JSON.stringify(container)]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(zipped).arrayBuffer());
}

/** Seals an edition to its host's key: encapsulated key first, then ciphertext. */
export async function sealEdition(key: Hex, packed: Uint8Array, licenseId: bigint): Promise<Uint8Array<ArrayBuffer>> {
  const recipientPublicKey = await suite.kem.deserializePublicKey(own(hexToBytes(key)).buffer);
  const info = own(new TextEncoder().encode(editionSealInfo(licenseId))).buffer;
  const sender = await suite.createSenderContext({ recipientPublicKey, info });
  const ciphertext = await sender.seal(own(packed).buffer);
  return own(concatBytes([new Uint8Array(sender.enc), new Uint8Array(ciphertext)]));
}
