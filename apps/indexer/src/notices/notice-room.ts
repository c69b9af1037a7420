import type { Database } from '@oml/db/client';
import { indexStatus } from '@oml/db/cursor';
import type { Logger } from '@oml/service/logger';
import { collectNotices } from './collect.ts';
import { mailFolder, mailServer, type PostOffice } from './post-office.ts';
import { createSender } from './send.ts';
import { smtpServer } from './smtp.ts';

export interface NoticeOptions {
  SMTP_URL?: string | undefined;
  MAIL_FROM?: string | undefined;
  MAIL_DIR: string;
}

export interface NoticeParts {
  db: Database;
  office: PostOffice;
  allowPrivate: boolean;
  /** Blocks that must lie on top of a fact before it is told. */
  depth: bigint;
  logger: Logger;
}

/** Where mails go: to the server that the operator names, else into a folder. */
export const officeOf = ({ SMTP_URL, MAIL_FROM = 'notices@localhost', MAIL_DIR }: NoticeOptions): PostOffice =>
  SMTP_URL === undefined ? mailFolder(MAIL_DIR, MAIL_FROM) : mailServer(smtpServer(SMTP_URL), MAIL_FROM);

/** Tells whoever subscribed: looks after each new block what there is to tell, and sends what is due. */
export function createNoticeRoom({ depth, ...parts }: NoticeParts): (isStopping?: () => boolean) => Promise<void> {
  const sendDue = createSender(parts);
  let collected: bigint | undefined;
  return async (isStopping) => {
    const status = await indexStatus(parts.db);
    if (status && status.indexedBlock !== collected) collected = await collectNotices(parts.db, depth);
    await sendDue(isStopping);
  };
}
