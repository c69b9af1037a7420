/** Whose files these are; the attempt is in their names, so that a new draft never meets parts of an old one. */
export interface Attempt {
  /** Of the publication. */
  id: string;
  attempt: number;
}

const blobOf = ({ id, attempt }: Attempt, name: string): string => `publications/${id}/${attempt}/${name}`;

export const draftBlob = (attempt: Attempt): string => blobOf(attempt, 'code-book');
/** What is asked among keys. */
export const decoysBlob = (attempt: Attempt): string => blobOf(attempt, 'decoys');
export const statisticsBlob = (attempt: Attempt): string => blobOf(attempt, 'statistics');
export const preparedBlob = (attempt: Attempt): string => blobOf(attempt, 'prepared');
export const markedBlob = (attempt: Attempt): string => blobOf(attempt, 'marked');

/** All that one attempt leaves. */
export const attemptBlobs = (attempt: Attempt): string[] =>
  [draftBlob, decoysBlob, statisticsBlob, preparedBlob, markedBlob].map((blob) => blob(attempt));

/** The demo edition of a minted model, while its owner gives it away. */
export const demoBlob = ({ id }: Pick<Attempt, 'id'>): string => `demos/${id}`;

/** Purpose under which a publication's fingerprint secret is derived from OWNER_SECRET. */
export const secretPurpose = ({ id, attempt }: Attempt): string => `publication/${id}/${attempt}`;
/** And that of what hides its keys. */
export const decoysPurpose = (attempt: Attempt): string => `${secretPurpose(attempt)}/decoys`;
