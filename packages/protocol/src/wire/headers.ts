/** The headers OML adds to HTTP. Payment headers are x402's own. */
export const HEADERS = {
  /** Request: the client's bytes32 nonce, `keccak256(claimant, salt)`. */
  requestNonce: 'oml-request-nonce',
  /** Response: base64 of the signed receipt's JSON. */
  receipt: 'oml-receipt',
  /** Request to a publisher: the owner's signature over the body. */
  signature: 'oml-signature',
  /** Request to a publisher: which files may be uploaded, base64 of JSON (`wire/upload.ts`). */
  uploadPermission: 'oml-upload-permission',
} as const;
