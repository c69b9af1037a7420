import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { mailServer } from './post-office.ts';
import { smtpServer } from './smtp.ts';

const MAIL = {
  id: 'ab'.repeat(20),
  to: 'host@example.org',
  subject: 'Claim against you: unpaid use',
  text: 'Book what is missing.\n\n.\nA line of one dot ends nothing.\n',
  headers: { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
};

let server: SMTPServer | undefined;
let taken: string[] = [];
afterEach(() => new Promise<void>((resolve) => (server ? server.close(resolve) : resolve())));

/** A real mail server on this machine, with the manners of the case. */
async function start(options: SMTPServerOptions = {}): Promise<number> {
  taken = [];
  server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, callback) {
      let text = '';
      stream.setEncoding('utf8').on('data', (part: string) => (text += part));
      stream.on('end', () => (taken.push(text), callback()));
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return (server.server.address() as AddressInfo).port;
}

const hand = (port: number, leaving = async () => true, login = '') =>
  mailServer(smtpServer(`smtp://${login}127.0.0.1:${port}`), 'OML <notices@oml.example>').hand(MAIL, leaving);

const says = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode });

describe('a mail to a server', () => {
  it('arrives whole, under its name, with the headers that end it by one press', async () => {
    expect(await hand(await start())).toEqual({ state: 'sent' });
    const [mail] = taken;
    expect(mail).toContain(`Message-ID: <${MAIL.id}@oml.example>`);
    expect(mail).toContain('From: OML <notices@oml.example>');
    expect(mail).toContain('Subject: Claim against you: unpaid use');
    expect(mail).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    expect(mail).toContain('\r\n.\r\nA line of one dot ends nothing.');
  });

  it('is handed in by who logs in, and tried again where the password is refused', async () => {
    const port = await start({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, callback) =>
        username === 'oml' && password === 'a:b' ? callback(null, { user: 'oml' }) : callback(new Error('no')),
    });
    expect(await hand(port, undefined, 'oml:a%3Ab@')).toEqual({ state: 'sent' });
    expect(await hand(port, undefined, 'oml:wrong@')).toEqual({ state: 'later', code: 'EAUTH_535' });
  });

  it.each([
    [450, { state: 'later', code: 'EENVELOPE_450' }],
    [550, { state: 'refused', code: 'EENVELOPE_550', isGone: true }],
  ])('ends as an answer of %s to its address says', async (code, ending) => {
    const port = await start({
      onRcptTo: ({ address }, _, callback) => callback(says(code, `${address} is not here`)),
    });
    expect(await hand(port)).toMatchObject(ending);
  });

  it('is refused for good where the server takes the address and not the mail', async () => {
    const port = await start({
      onData: (stream, _, callback) => void stream.resume().on('end', () => callback(says(554, 'no such words'))),
    });
    expect(await hand(port)).toEqual({ state: 'refused', code: 'EMESSAGE_554', isGone: false });
  });

  it('is tried again where nothing listens, and where the server hangs up before it asked for the mail', async () => {
    const port = await start({ onMailFrom: () => hangUp() });
    expect(await hand(port)).toMatchObject({ state: 'later' });
    await new Promise<void>((resolve) => server!.close(resolve));
    server = undefined;
    expect(await hand(port)).toMatchObject({ state: 'later' });
  });

  it('is unsure where it left and no answer came', async () => {
    const port = await start({ onData: (stream) => void stream.resume().on('end', hangUp) });
    expect(await hand(port)).toEqual({ state: 'unsure' });
  });

  it('does not leave where another hand has it', async () => {
    expect(await hand(await start(), async () => false)).toMatchObject({ state: 'later' });
    expect(taken).toEqual([]);
  });
});

function hangUp(): void {
  const connections = (server as unknown as { connections: Set<{ _socket: { destroy(): void } }> }).connections;
  for (const { _socket } of connections) _socket.destroy();
}
