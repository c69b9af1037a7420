import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import MailComposer from 'nodemailer/lib/mail-composer';
import type { Handed } from './handed.ts';
import type { Mail } from './mail-of.ts';
import { smtpExchange, type SmtpServer } from './smtp.ts';

/** Takes mails to wherever they go. */
export interface PostOffice {
  /** `leaving` is called right before a mail leaves and cannot be looked up any more; where it says no, none leaves. */
  hand(mail: Mail, leaving: () => Promise<boolean>): Promise<Handed>;
}

/** The mail as RFC 5322 has it, its name as its Message-ID. */
function written({ id, to, subject, text, headers }: Mail, from: string): Promise<Buffer> {
  const host = /@([^>\s]+)>?$/.exec(from)?.[1] ?? 'localhost';
  const mail = { from, to, subject, text, headers, messageId: `<${id}@${host}>` };
  return new MailComposer({ ...mail, disableFileAccess: true, disableUrlAccess: true }).compile().build();
}

/** Files in a folder, `<name>.eml`: a mail that is written twice is one file. For trying out, and for other programs. */
export function mailFolder(folder: string, from: string): PostOffice {
  return {
    async hand(mail) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = join(folder, `${mail.id}.eml`);
      await writeFile(`${path}.part`, await written(mail, from), { mode: 0o600 });
      await rename(`${path}.part`, path);
      return { state: 'sent' };
    },
  };
}

/** A mail server of the operator's. */
export const mailServer = (server: SmtpServer, from: string): PostOffice => ({
  hand: async (mail, leaving) =>
    smtpExchange(server, { from: bare(from), to: mail.to, message: await written(mail, from), leaving }),
});

/** `OML <oml@example.org>` as an envelope has it. */
const bare = (from: string): string => /<([^>]+)>/.exec(from)?.[1] ?? from;
