import { Ago } from '@oml/ui/ago';
import { Card } from '@oml/ui/card';
import type { NoticeJson } from '@oml/protocol/wire/notice';
import { noticeWords } from '@oml/protocol/wire/notice-words';
import { TextLink } from '#kit/links.tsx';

/** Notices in words: what asks for something now stands out. */
export function NoticeList({ notices, label }: { notices: readonly NoticeJson[]; label: string }) {
  return (
    <Card>
      <ul aria-label={label} className="divide-y divide-line">
        {notices.map((notice) => (
          <NoticeLine key={notice.key} notice={notice} />
        ))}
      </ul>
    </Card>
  );
}

function NoticeLine({ notice }: { notice: NoticeJson }) {
  const { title, text, next, path } = noticeWords(notice);
  return (
    <li className="px-5 py-4 text-sm" data-testid={`notice-${notice.kind}`}>
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <p className={notice.isOpen ? 'font-semibold text-risk' : 'font-semibold'}>
          <TextLink href={path}>{title}</TextLink>
        </p>
        <span className="text-xs text-ink-soft">
          <Ago at={new Date(notice.at)} />
        </span>
      </div>
      <p className="mt-1 max-w-[72ch] text-ink-soft">{text}</p>
      {next && notice.isOpen ? <p className="mt-1 max-w-[72ch]">{next}</p> : null}
    </li>
  );
}
