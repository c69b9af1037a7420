import { z } from 'zod';

const fileName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,80}$/, 'not a plain file name');

/** An edition, unsealed and unzipped: its files by plain names, as base64. Its weights are `model.onnx`. */
export const editionContainerSchema = z.object({ files: z.record(fileName, z.base64()) });
export type EditionContainer = z.output<typeof editionContainerSchema>;

/** What an edition is sealed for (HPKE's info, RFC 9180): one license, so that nobody passes it off as another's. */
export const editionSealInfo = (licenseId: bigint): string => `oml/edition/${licenseId}`;
