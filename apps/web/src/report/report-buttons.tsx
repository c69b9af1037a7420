'use client';
import { ActionList } from '#actions/action-list.tsx';
import { contractsOf } from '#actions/contracts.ts';
import { leakAction, readReport, reportActions } from '#actions/report-actions.ts';
import { useFacts } from '#actions/use-facts.ts';
import { usePublicConfig } from '#kit/config-context.tsx';

/** What anybody can do about a report now. */
export function ReportButtons({ reportId }: { reportId: bigint }) {
  const { deployment } = usePublicConfig();
  const { facts } = useFacts(['report', String(reportId)], (reader, on) => readReport(reader, on, reportId));
  return (
    <ActionList actions={facts && reportActions(deployment, facts)} empty="The report is over. Nobody can act on it." />
  );
}

/** Files a report about an endpoint. */
export function ReportForm() {
  const { deployment } = usePublicConfig();
  const { facts: cost } = useFacts(['report-cost'], (reader, on) =>
    reader.readContract({ ...contractsOf(on).leaks, functionName: 'cost' }),
  );
  return <ActionList actions={cost === undefined ? undefined : [leakAction(deployment, { cost })]} empty="" />;
}
