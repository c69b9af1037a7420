import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runnable, servePasted, type PastedPrograms } from './pasted-programs.ts';
import { actors, toldChapter } from './stack.ts';
import { visit, type Visitor } from './visitor.ts';

const numberOf = (name: string) => toldChapter<{ modelId: string }>(`publish ${name}`)!.modelId;

describe('whoever has no wallet', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await visit(actors.outsider.account);
  });
  afterAll(() => visitor.leave());

  it('finds a model by what its card says, in an order and a form that stand in the address', async () => {
    await visitor.go('/');
    await visitor.page.getByRole('searchbox').fill('fable');
    await visitor.page.getByRole('button', { name: 'Search' }).click();
    await visitor.page.getByTestId(`model-link-${numberOf('fable')}`).waitFor();
    await visitor.page.getByRole('link', { name: 'Cheapest' }).click();
    await visitor.page.waitForURL(/sort=price/);
    await visitor.page.getByRole('link', { name: 'Table' }).click();
    await visitor.page.waitForURL(/\/models\?q=fable&sort=price&view=table$/);
    await visitor.page.getByRole('link', { name: /^Image classifier/ }).click();
    await visitor.page.getByText('Nothing matches').waitFor();
  });

  it('reads every part of its page, without the wallet’s code and without asking any host', async () => {
    const asked: string[] = [];
    visitor.page.on('request', (request) => asked.push(request.url()));
    await visitor.go(`/models/${numberOf('fable')}`);
    for (const [tab, text] of [
      ['playground', /You see what it costs/],
      ['api', /Your purse, once/],
      ['hosts', /Ask these hosts/],
      ['files', /Weights digest/],
      ['evidence', /In the publisher’s report/],
      ['claims', /Claims over this model/],
      ['terms', /To serve it/],
      ['overview', /text-generation/],
    ] as const) {
      await visitor.page.getByTestId(`tab-${tab}`).click();
      await visitor.page.getByText(text).first().waitFor();
    }
    const site = new URL(asked[0]!).origin;
    expect(asked.filter((url) => !url.startsWith(`${site}/`))).toEqual([]);
    await visitor.page.getByTestId('tab-hosts').click();
    await visitor.page.getByTestId('ask-prices').click();
    await visitor.page
      .getByText(/ms away/)
      .first()
      .waitFor();
    expect(visitor.errors).toEqual([]);
  });

  describe('but a program', () => {
    let pasted: PastedPrograms;
    beforeAll(async () => {
      pasted = await servePasted(actors.outsider);
    });
    afterAll(() => pasted.stop());

    it.each(runnable)('is answered and pays, as it was pasted from the page: %s', async (language) => {
      for (const [model, answer] of [
        ['fable', /completion_tokens/],
        ['digits', /probabilities/],
      ] as const) {
        await visitor.go(`/models/${numberOf(model)}/api`);
        const text = await visitor.page.getByTestId(`api-${language.toLowerCase()}`).textContent();
        expect(await pasted.run(language, text!), model).toMatch(answer);
      }
    });
  });
});
