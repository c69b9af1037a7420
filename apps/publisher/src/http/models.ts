import { OmlError } from '@oml/protocol/error';
import { bookReach } from '@oml/protocol/evidence/reach';
import type { Demos } from '../programs/demos.ts';
import type { MintedModels } from '../programs/minted-models.ts';
import type { MintedModel } from '../programs/publication-facts.ts';
import type { Uploads } from './uploads.ts';

/** Cards are shown on pages: longer ones are cut. */
const MAX_CARD_BYTES = 100_000;

/** What anyone may know of a model: its card, task, report and terms. */
export class Models {
  private readonly minted: MintedModels;
  private readonly uploads: Uploads;
  private readonly demos: Demos;

  constructor(minted: MintedModels, uploads: Uploads, demos: Demos) {
    this.minted = minted;
    this.uploads = uploads;
    this.demos = demos;
  }

  async list() {
    const models = await this.minted.list();
    const given = await this.demos.givenOf(models);
    return models.map((model) => summaryOf(model, given.has(model.modelId)));
  }

  /** Throws NOT_FOUND. */
  async view(modelId: string) {
    const model = await this.minted.latest(modelId);
    if (!model) throw new OmlError('NOT_FOUND', `Model ${modelId} was not published here.`);
    return { ...summaryOf(model, await this.demos.isGiven(model)), card: await this.card(model) };
  }

  private async card({ request: { name, files } }: MintedModel): Promise<string> {
    if (!files.card) return `# ${name}\n`;
    return new TextDecoder().decode((await this.uploads.get(files.card)).subarray(0, MAX_CARD_BYTES));
  }
}

function summaryOf({ modelId, release, request, facts }: MintedModel, demo: boolean) {
  const { name, kind, terms } = request;
  return {
    modelId,
    release,
    name,
    kind,
    task: kind === 'language' ? 'text-generation' : 'image-classification',
    demo,
    terms,
    report: {
      ...facts.report,
      chanceOnPanel: facts.chance,
      parameters: facts.inspection.parameters,
      reach: bookReach(facts.codeBook),
    },
  };
}
