import { Ago } from '@oml/ui/ago';
import { Timeline, type TimelineStep } from '@oml/ui/timeline';
import { TxLink } from '#kit/links.tsx';
import { stepWords } from './report-words.ts';
import type { ReportStory } from './shown-report.ts';

/** The story of a report, with a transaction behind every step. */
export function ReportTimeline({ report }: { report: ReportStory }) {
  const steps = report.timeline.flatMap((event, i): TimelineStep[] => {
    const words = stepWords(event);
    if (!words) return [];
    const meta = (
      <>
        <TxLink hash={event.tx} /> <Ago at={event.at} />
      </>
    );
    const body = words.body ? <span className="break-all">{words.body}</span> : undefined;
    return [{ key: `${event.tx}-${i}`, title: words.title, tone: words.tone, meta, ...(body ? { body } : {}) }];
  });
  return <Timeline steps={steps} data-testid="report-timeline" />;
}
