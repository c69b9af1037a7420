import { reportOn, type ReportRow } from './page-report.ts';

/** Shows rows and, if told to, records them in docs/benchmarks/web.{json,md}: each takes its elder's place. */
export const reportWeb = (rows: readonly ReportRow[], write: boolean): void =>
  reportOn(
    {
      name: 'web',
      heading: 'Web',
      about: 'What pages weigh and reach, measured by the commands below, which write this page.',
    },
    rows,
    write,
  );
