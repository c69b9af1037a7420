import { OmlError } from '@oml/protocol/error';
import { hideUrl } from '@oml/service/hidden';
import { baseUrl, listenVariables, path, port, readOptions, rpcUrl, splitUrls, storeUrl } from '@oml/service/options';
import { z } from 'zod';

const schema = z.object({
  RPC_URL: rpcUrl,
  /** Path of the deployment's JSON. */
  OML_DEPLOYMENT: path,
  DATABASE_URL: storeUrl,
  ...listenVariables,
  PORT: port.default(4100),
  /** Blocks to stay behind the head; 0 reads the head itself and rolls back when it changes. */
  CONFIRMATIONS: z.coerce.number().int().min(0).max(1000).default(0),
  /** May publishers stand on private or loopback addresses? Yes on the dev chain, no elsewhere, unless told. */
  ALLOW_PRIVATE_PUBLISHERS: z.enum(['true', 'false']).optional(),
  /** Verifiers whose figures of endpoints it keeps, by their URLs, separated by commas. */
  VERIFIER_URLS: z
    .string()
    .default('')
    .transform((text) => splitUrls(text))
    .pipe(z.array(baseUrl).max(20)),
  /** Of the mail server that takes notices: `smtp://user:password@host:587` or `smtps://…`; unset: files in MAIL_DIR. */
  SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .transform((url) => (hideUrl(url), url))
    .optional(),
  /** Whom notices come from: `OML <notices@example.org>`. */
  MAIL_FROM: z
    .string()
    .regex(/^(?:[^<>@\r\n]+<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/, 'must be an address, or a name and <address>')
    .optional(),
  MAIL_DIR: path.default(() => path.parse('.oml/mail')),
  /** Blocks that must lie on top of a fact before it is told; unless set 0 on the dev chain, 5 elsewhere. */
  NOTICE_DEPTH: z.coerce.bigint().min(0n).max(10_000n).optional(),
});

export type Options = z.output<typeof schema>;

/** What the indexer reads from its environment. Throws ENV_MISSING or ENV_INVALID. */
export function indexerOptions(env?: Record<string, string | undefined>): Options {
  const options = readOptions(schema, env);
  if (options.SMTP_URL !== undefined && options.MAIL_FROM === undefined)
    throw new OmlError('ENV_MISSING', 'Set MAIL_FROM in the environment: mail servers ask whom a mail is from.', {
      details: { missing: ['MAIL_FROM'] },
    });
  return options;
}
