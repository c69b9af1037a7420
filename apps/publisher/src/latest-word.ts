import { sql, type RawBuilder } from 'kysely';

/**
 * Whether a signed word may take the place of the row's: it was asked for later, or it is the same again. Words arrive
 * in any order, and whoever holds an old one can send it once more.
 */
export const isLatest = (row: string, word: string, said: string | number, askedAt: number): RawBuilder<boolean> => {
  const [then, before] = [sql.ref(`${row}.asked_at`), sql.ref(`${row}.${word}`)];
  return sql`${then} < ${askedAt} or (${then} = ${askedAt} and ${before} = ${said})`;
};
