import { address } from '@oml/protocol/wire/scalars';
import { z } from 'zod';

const url = z.url({ protocol: /^https?$/ }).transform((text) => text.replace(/\/+$/, ''));
const optionalUrl = z.preprocess((value) => (value === '' ? undefined : value), url.optional());

const urls = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(url).min(1));

const schema = z.object({
  /** One node or several, separated by commas; the next is asked where one fails. */
  RPC_URL: urls,
  /** What browsers use instead of the first of RPC_URL, where that one is internal or carries a key. */
  PUBLIC_RPC_URL: optionalUrl,
  OML_DEPLOYMENT: z.string().min(1),
  DATABASE_URL: z.string().regex(/^postgres(?:ql)?:\/\//),
  /** Where visitors find this site: for the sitemap and for previews of its links. */
  SITE_URL: optionalUrl,
  PUBLISHER_URL: optionalUrl,
  VERIFIER_URL: optionalUrl,
  /** Accounts that may act for this site, separated by commas. */
  OPERATORS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean),
    )
    .pipe(z.array(address)),
});

export type WebOptions = z.output<typeof schema>;

/** Reads the environment; where it is incomplete, names the variables and never their values. */
export function readWebOptions(
  env: Record<string, string | undefined>,
): { options: WebOptions } | { missing: string[]; invalid: string[] } {
  const parsed = schema.safeParse(env);
  if (parsed.success) return { options: parsed.data };
  const names = [...new Set(parsed.error.issues.map((issue) => String(issue.path[0])))];
  return { missing: names.filter((name) => !env[name]), invalid: names.filter((name) => env[name]) };
}
