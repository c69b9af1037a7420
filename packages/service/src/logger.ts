import { pino, type Logger } from 'pino';

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
];

/** A JSON logger for one service; secrets and prompts are redacted. Level from LOG_LEVEL, `info` by default. */
export function createLogger(name: string): Logger {
  return pino({
    name,
    level: process.env['LOG_LEVEL'] ?? 'info',
    redact: { paths: SECRET_NAMES.flatMap((secret) => [secret, `*.${secret}`, `*.*.${secret}`]), censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
}
