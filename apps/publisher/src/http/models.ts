import { OmlError } from '@oml/protocol/error';
import type { PublicationRecord, PublicationRecords } from '../programs/publication-record.ts';
import type { Uploads } from './uploads.ts';

/** Cards are shown on pages: longer ones are cut. */
const MAX_CARD_BYTES = 100_000;

/** What anyone may know of a model: its card, task, report and terms. */
export class Models {
  private readonly records: PublicationRecords;
  private readonly uploads: Uploads;

  constructor(records: PublicationRecords, uploads: Uploads) {
    this.records = records;
    this.uploads = uploads;
  }

  list() {
    return this.records.minted().map(summaryOf);
  }

  /** Throws NOT_FOUND. */
  async view(modelId: string) {
    const publication = this.records.findByModel(modelId);
    if (!publication) throw new OmlError('NOT_FOUND', `Model ${modelId} was not published here.`);
    return { ...summaryOf(publication), card: await this.card(publication) };
  }

  private async card({ request: { name, files } }: PublicationRecord): Promise<string> {
    if (!files.card) return `# ${name}\n`;
    return new TextDecoder().decode((await this.uploads.get(files.card)).subarray(0, MAX_CARD_BYTES));
  }
}

function summaryOf({ modelId, request, facts }: PublicationRecord) {
  const { name, kind, terms } = request;
  return {
    modelId: modelId!,
    name,
    kind,
    task: kind === 'language' ? 'text-generation' : 'image-classification',
    demo: kind === 'classifier',
    terms,
    report: { ...facts.report!, chanceOnPanel: facts.chance ?? [], parameters: facts.inspection!.parameters },
  };
}
