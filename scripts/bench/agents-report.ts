import { reportOn, type ReportRow } from './page-report.ts';

/** One line of docs/benchmarks/agents.json. */
export type AgentsRow = ReportRow;

/** Shows rows and, if told to, records them in docs/benchmarks/agents.{json,md}: each takes its elder's place. */
export const reportAgents = (rows: readonly AgentsRow[], write: boolean): void =>
  reportOn(
    {
      name: 'agents',
      heading: 'Agents',
      about: 'Verifier, publisher, index and SDK, measured by the commands below, which write this page.',
    },
    rows,
    write,
  );
