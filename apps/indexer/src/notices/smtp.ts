import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { Readable } from 'node:stream';
import type { Handed } from './handed.ts';

/** Where mails are handed in. */
export interface SmtpServer {
  host: string;
  port: number;
  /** TLS from the first byte; else STARTTLS, which only a server on this machine may lack. */
  secure: boolean;
  auth?: { user: string; pass: string };
}

interface Exchange {
  from: string;
  to: string;
  message: Buffer;
  leaving: () => Promise<boolean>;
}

const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000, dnsTimeout: 10_000 };
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|::1)$/;

/** Reads `smtp://user:password@host:587` or `smtps://…`. */
export function smtpServer(address: string): SmtpServer {
  const { protocol, hostname, port, username, password } = new URL(address);
  const secure = protocol === 'smtps:';
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  };
}

interface SmtpError {
  code?: string;
  command?: string;
  responseCode?: number;
}

/**
 * Hands one mail to a server. SMTP has no way to ask afterwards whether a mail was taken: between its last byte and the
 * server's answer lies the one moment in which nobody can know, and it is told apart from every other failure.
 */
export async function smtpExchange(server: SmtpServer, exchange: Exchange): Promise<Handed> {
  const connection = new SMTPConnection({ ...server, ...TIMEOUTS, requireTLS: !LOOPBACK.test(server.host) });
  let hasLeft = false;
  const body = Readable.from(
    // The server has asked for the mail when this is read first.
    (async function* () {
      if (!(await exchange.leaving())) throw new Error('it is in another hand');
      hasLeft = true;
      yield exchange.message;
    })(),
    { objectMode: false },
  );
  try {
    await talk(connection, server, exchange, body);
    return { state: 'sent' };
  } catch (error) {
    return failureOf(error as SmtpError, hasLeft);
  } finally {
    connection.close();
  }
}

function talk(connection: SMTPConnection, { auth }: SmtpServer, { from, to }: Exchange, body: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.once('error', reject);
    connection.once('end', () => reject(Object.assign(new Error('it hung up'), { code: 'ECONNECTION' })));
    body.once('error', reject);
    const send = () => connection.send({ from, to: [to] }, body, (error) => (error ? reject(error) : resolve()));
    connection.connect((error) => {
      if (error) return reject(error);
      if (!auth) return send();
      connection.login({ user: auth.user, credentials: auth }, (refusal) => (refusal ? reject(refusal) : send()));
    });
  });
}

/** Of an answer that says no: for good (5xx), and whether to this address. Its words may name it: none is kept. */
function failureOf({ code = 'INTERNAL', responseCode }: SmtpError, hasLeft: boolean): Handed {
  if (responseCode === undefined) return hasLeft ? { state: 'unsure' } : { state: 'later', code };
  const isForGood = responseCode >= 500 && code !== 'EAUTH';
  const said = `${code}_${responseCode}`;
  if (!isForGood) return { state: 'later', code: said };
  return { state: 'refused', code: said, isGone: code === 'EENVELOPE' && responseCode === 550 };
}
