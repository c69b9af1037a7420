import { OmlError } from '@oml/protocol/error';
import { bookReach } from '@oml/protocol/evidence/reach';
import type { MintedModels } from '../programs/minted-models.ts';
import type { MintedModel } from '../programs/publication-facts.ts';
import type { Uploads } from './uploads.ts';

/** Cards are shown on pages: longer ones are cut. */
const MAX_CARD_BYTES = 100_000;

/** What anyone may know of a model: its card, task, report and terms. */
export class Models {
  private readonly minted: MintedModels;
  private readonly uploads: Uploads;

  constructor(minted: MintedModels, uploads: Uploads) {
    this.minted = minted;
    this.uploads = uploads;
  }

  async list() {
    return (await this.minted.list()).map(summaryOf);
  }

  /** Throws NOT_FOUND. */
  async view(modelId: string) {
    const model = await this.minted.find(modelId);
    if (!model) throw new OmlError('NOT_FOUND', `Model ${modelId} was not published here.`);
    return { ...summaryOf(model), card: await this.card(model) };
  }

  private async card({ request: { name, files } }: MintedModel): Promise<string> {
    if (!files.card) return `# ${name}\n`;
    return new TextDecoder().decode((await this.uploads.get(files.card)).subarray(0, MAX_CARD_BYTES));
  }
}

function summaryOf({ modelId, request, facts }: MintedModel) {
  const { name, kind, terms } = request;
  return {
    modelId,
    name,
    kind,
    task: kind === 'language' ? 'text-generation' : 'image-classification',
    demo: kind === 'classifier',
    terms,
    report: {
      ...facts.report,
      chanceOnPanel: facts.chance,
      parameters: facts.inspection.parameters,
      reach: bookReach(facts.codeBook),
    },
  };
}
