import { OmlError } from '@oml/protocol/error';

/** The refusal of every reader: which file, why, and what to hand in instead. */
export function cannotImport(file: string, reason: string, instead?: string): OmlError {
  return new OmlError('IMPORT_UNSUPPORTED', `${file} cannot be imported: ${reason}.${instead ? ` ${instead}` : ''}`, {
    details: { file, reason },
  });
}
