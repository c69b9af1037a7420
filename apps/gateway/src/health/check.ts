import { sentenceOf } from '@oml/service/error-facts';

/** What looking at one thing found. */
export interface Finding {
  name: string;
  /** `warn`: it works, but not for long or not for everybody. */
  state: 'ok' | 'warn' | 'fail';
  /** What is so. */
  says: string;
  /** What to do next; absent where nothing is to be done. */
  todo?: string;
}

/** Looks at one thing. It may throw: then it fails with what was thrown. */
export type Check = () => Promise<Omit<Finding, 'name'> | Omit<Finding, 'name'>[]>;

export const ok = (says: string): Omit<Finding, 'name'> => ({ state: 'ok', says });
export const warn = (says: string, todo: string): Omit<Finding, 'name'> => ({ state: 'warn', says, todo });
export const fail = (says: string, todo: string): Omit<Finding, 'name'> => ({ state: 'fail', says, todo });

/** Looks at everything, all at once; the findings in the order of the checks. */
export async function runChecks(checks: Record<string, Check>): Promise<Finding[]> {
  const found = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const findings = await check().catch((error: unknown) => fail(sentenceOf(error), 'Mend that and look again.'));
      return [findings].flat().map((finding) => ({ name, ...finding }));
    }),
  );
  return found.flat();
}
