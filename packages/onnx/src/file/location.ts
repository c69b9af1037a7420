import { OmlError } from '@oml/protocol/error';

/**
 * Name of an external data file as a path below the model's folder, `/` between segments. Throws MODEL_INVALID for
 * anything that could leave the
 * folder on any operating system: absolute paths, `..`, backslashes, drive letters, control characters.
 */
export function safeLocation(location: string): string {
  const segments = location.split('/').filter((segment, i) => segment !== '.' || i > 0);
  const leaves = segments.some((segment) => segment === '' || segment === '.' || segment === '..');
  if (leaves || location.length > 1024 || /[\\:\u0000-\u001f]/.test(location))
    throw new OmlError(
      'MODEL_INVALID',
      `The model keeps weights in "${printable(location)}", which is no plain file beside it.`,
      { details: { location: printable(location) } },
    );
  return segments.join('/');
}

/** The first of a text that nobody vouches for, fit to be shown. */
export const printable = (text: string): string => text.slice(0, 80).replace(/[^\x20-\x7e]/g, '?');
