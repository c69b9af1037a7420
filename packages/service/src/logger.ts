import { pino, type Logger } from 'pino';
import { errorFacts, tidyText } from './error-facts.ts';
import { withoutHidden } from './hidden.ts';

export type { Logger };

/** Names under which secrets travel; pino replaces their values wherever they stand one or two levels deep. */
const SECRET_NAMES = [
  'privateKey',
  'key',
  'secret',
  'seed',
  'authorization',
  'signature',
  'token',
  'password',
  'prompt',
  'messages',
];

/**
 * A JSON logger for one service. Secrets and prompts are redacted by their names, known keys and RPC addresses wherever
 * they stand; errors and long texts are cut to what tells the cause. Level from LOG_LEVEL, `info` by default. `write`
 * takes the lines in place of standard output.
 */
export function createLogger(name: string, write?: (line: string) => void): Logger {
  const options = {
    name,
    level: process.env['LOG_LEVEL'] ?? 'info',
    redact: { paths: SECRET_NAMES.flatMap((secret) => [secret, `*.${secret}`, `*.*.${secret}`]), censor: '[redacted]' },
    serializers: { err: errorFacts },
    formatters: { log: tidyFacts },
    hooks: { streamWrite: withoutHidden },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return write ? pino(options, { write }) : pino(options);
}

/** Shorter facts are our own; longer ones are what a node or a library said. */
const LONG = 200;

const tidyFacts = (facts: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      typeof value === 'string' && value.length > LONG ? tidyText(value) : value,
    ]),
  );
