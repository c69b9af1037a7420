import { withoutHidden } from '@oml/service/hidden';
import { expect, it } from 'vitest';
import { indexerOptions } from './options.ts';

const COMPLETE = {
  RPC_URL: 'http://127.0.0.1:8545',
  OML_DEPLOYMENT: '/data/deployment.json',
  DATABASE_URL: 'postgresql://indexer:hunter2@127.0.0.1:5549/oml',
};
const SMTP_URL = 'smtp://oml:correct-horse@mail.example:587';

it('needs no mail server to start', () => {
  const options = indexerOptions(COMPLETE);
  expect(options.SMTP_URL).toBeUndefined();
  expect(options.MAIL_DIR).toMatch(/[/\\]\.oml[/\\]mail$/);
});

it('asks whom mails are from where a server takes them, and hides its password', () => {
  expect(() => indexerOptions({ ...COMPLETE, SMTP_URL })).toThrow(/MAIL_FROM/);
  const options = indexerOptions({ ...COMPLETE, SMTP_URL, MAIL_FROM: 'OML <notices@oml.example>' });
  expect(options).toMatchObject({ SMTP_URL, MAIL_FROM: 'OML <notices@oml.example>' });
  expect(withoutHidden(`535 for ${SMTP_URL} correct-horse`)).not.toContain('correct-horse');
});

it.each([
  ['SMTP_URL', 'http://mail.example'],
  ['MAIL_FROM', 'OML'],
  ['MAIL_FROM', 'a@b.example\r\nBcc: c@d.example'],
  ['NOTICE_DEPTH', '-1'],
])('refuses %s %j', (name, value) => {
  expect(() => indexerOptions({ ...COMPLETE, [name]: value })).toThrow(new RegExp(name));
});
