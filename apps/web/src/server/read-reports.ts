import 'server-only';
import { getName, listNames, nameTextOf } from '@oml/db/names';
import { getReport, listReports } from '@oml/db/reports';
import type { ShownName } from '#name/shown-name.ts';
import type { ReportStory, ShownReport } from '#report/shown-report.ts';
import { readIndex } from './index-reader.ts';

/** The newest reports, and the names that somebody holds. */
export const readReports = (): Promise<{ data: { reports: ShownReport[]; names: string[] } } | undefined> =>
  readIndex(async (db) => {
    const [reports, names] = await Promise.all([listReports(db, { limit: 100 }), listNames(db)]);
    return { reports, names: names.map(({ text }) => text) };
  });

/** One report, with the name it is about. */
export const readReportPage = (
  reportId: bigint,
): Promise<{ data: { report: ReportStory; name: string | undefined } | undefined } | undefined> =>
  readIndex(async (db) => {
    const report = await getReport(db, reportId);
    return report && { report, name: report.nameId && (await nameTextOf(db, report.nameId)) };
  });

/** One name, with what was reported about it. */
export const readNamePage = (
  text: string,
): Promise<{ data: { name: ShownName; reports: ShownReport[] } | undefined } | undefined> =>
  readIndex(async (db) => {
    const name = await getName(db, text);
    return name && { name, reports: await listReports(db, { nameId: name.nameId }) };
  });
