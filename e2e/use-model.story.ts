import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runnable, servePasted, type PastedPrograms } from './pasted-programs.ts';
import { actors, toldChapter, urlOf } from './stack.ts';
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

  it('narrows the list by what cards and chain say, and lays models side by side', async () => {
    const fable = numberOf('fable');
    await visitor.go('/models?view=table');
    await visitor.page.getByTestId('facet-language').selectOption('en');
    await visitor.page.waitForURL(/\/models\?view=table&language=en$/);
    await visitor.page.getByTestId('facet-price').selectOption('1000');
    await visitor.page.waitForURL(/price=1000/);
    await visitor.page.getByTestId(`model-link-${numberOf('fable-mini')}`).waitFor();
    await visitor.page.getByTestId(`model-link-${fable}`).waitFor({ state: 'detached' });
    await visitor.page.getByTestId('facet-off-price').click();
    await visitor.page.getByTestId(`compare-${fable}`).check();
    await visitor.page.getByTestId(`compare-${numberOf('fable-mini')}`).check();
    await visitor.page.getByTestId('compare').click();
    await visitor.page.waitForURL(/\/models\/compare\?model=/);
    await visitor.page.getByTestId(`compared-${fable}`).waitFor();
    await visitor.shoot('compare');
  });

  it('does so without scripts, too', async () => {
    const page = async (path: string) => (await fetch(`${urlOf('web')}${path}`)).text();
    const link = `model-link-${numberOf('fable')}`;
    const narrowed = await page('/models?license=apache-2.0&context=128&task=text-generation&demo=');
    expect(narrowed).toContain(link);
    expect(narrowed).toMatch(/<select name="license"[^>]*>/);
    expect(await page('/models?license=apache-2.0&task=image-classification')).not.toContain(link);
    expect(await page('/models?language=tlh')).toContain('Nothing matches');
  });

  it('reads every part of its page, without the wallet’s code and without asking any host', async () => {
    const asked: string[] = [];
    visitor.page.on('request', (request) => asked.push(request.url()));
    await visitor.go(`/models/${numberOf('fable')}`);
    for (const [tab, text] of [
      ['playground', /You see what it costs/],
      ['api', /Your purse, once/],
      ['hosts', /Measured by verifier/],
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
