import { reportOn, type ReportRow } from './page-report.ts';

/** Shows rows and, if told to, records them in docs/benchmarks/measure.{json,md}: each takes its elder's place. */
export const reportMeasure = (rows: readonly ReportRow[], write: boolean): void =>
  reportOn(
    {
      name: 'measure',
      heading: 'Methods of measuring',
      about:
        'How near the methods of packages/measure come to what is known, by the commands below, which write this page.',
    },
    rows,
    write,
  );
