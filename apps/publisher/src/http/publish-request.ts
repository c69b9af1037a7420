import { OmlError } from '@oml/protocol/error';
import { termsPriceFault } from '@oml/protocol/price-guard';
import { publishRequestSigner, type ModelRegistryOf } from '@oml/protocol/signed/publish-request';
import { publishRequestSchema, type PublishRequest } from '@oml/protocol/wire/publish-request';
import { readRequest } from '@oml/protocol/wire/read-request';
import { isAddressEqual, type Hex } from 'viem';
import type { Admission } from './admission.ts';

/**
 * Reads a signed request. Throws REQUEST_INVALID, SIGNATURE_INVALID, or UNAUTHORIZED for a signer that is not the named
 * owner or may not publish here.
 */
export async function readPublishRequest(
  body: unknown,
  signature: string | undefined,
  registry: ModelRegistryOf,
  admission: Admission,
): Promise<PublishRequest> {
  const request = readRequest(publishRequestSchema, body, 'The publication request is refused');
  if (signature === undefined)
    throw new OmlError('UNAUTHORIZED', "A publication needs the owner's signature in the header oml-signature.");
  const signer = await publishRequestSigner(body, signature as Hex, registry);
  if (!isAddressEqual(signer, request.owner))
    throw new OmlError('UNAUTHORIZED', `The request names the owner ${request.owner}, but ${signer} signed it.`);
  await admission.check(signer);
  const slip = request.anyPrice ? undefined : termsPriceFault(request.terms);
  if (slip)
    throw new OmlError(
      'REQUEST_INVALID',
      `The price of the terms looks like a slip (${slip.price}): ${slip.why}. If you mean it, order with anyPrice: true.`,
      { details: { price: slip.price } },
    );
  if (request.kind === 'language' && !request.files.tokenizer)
    throw new OmlError('REQUEST_INVALID', 'A language model needs its tokenizer.json.');
  if (request.kind === 'language' && request.demo)
    throw new OmlError('REQUEST_INVALID', 'Only a classifier has a demo edition that can be given away.');
  return request;
}
