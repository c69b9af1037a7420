import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, describe, expect, it } from 'vitest';
import { DocView } from '#docs/doc-view.tsx';
import type { DocPage } from '#docs/shown-doc.ts';
import { listDocs, readDoc, readPicture } from './docs.ts';

const APP = new URL('../..', import.meta.url).pathname;

describe('the docs of the repository', () => {
  const pages = new Map<string, DocPage & { html: string }>();
  beforeAll(async () => {
    for (const { path } of await listDocs(APP)) {
      const doc = (await readDoc(path, APP))!;
      pages.set(path, { ...doc, html: renderToStaticMarkup(<DocView text={doc.text} path={path} />) });
    }
  });

  it('are all there, each with a title', () => {
    expect(pages.size).toBeGreaterThan(50);
    expect(pages.get('guides/host')!.title).toBe('For hosts');
    for (const [path, { title }] of pages) expect([path, title]).not.toEqual([path, '']);
  });

  it('name every heading in their contents by the id that it has', () => {
    for (const [path, { headings, html }] of pages) {
      const ids = [...html.matchAll(/<h[23] id="([^"]+)"/g)].map(([, id]) => id);
      expect([path, headings.map(({ id }) => id)]).toEqual([path, ids]);
    }
  });

  it('link to pages, parts and pictures that are there', async () => {
    for (const [path, { html }] of pages) {
      for (const [, to] of html.matchAll(/<a href="\/docs\/([^"]+)"/g)) {
        const [page, part] = to!.split('#');
        expect([path, to, pages.has(page!)]).toEqual([path, to, true]);
        if (part) expect([path, to, pages.get(page!)!.html.includes(`id="${part}"`)]).toEqual([path, to, true]);
      }
      for (const [, picture] of html.matchAll(/<img src="\/docs\/pictures\/([^"]+)"/g))
        expect([path, picture, (await readPicture(picture!, APP))?.length]).not.toEqual([path, picture, undefined]);
    }
  });

  it('say where a file lies that is not shown, without a link that leads nowhere', () => {
    const html = renderToStaticMarkup(<DocView text="See [the code](../../apps/web/README.md)." path="guides/host" />);
    expect(html).toContain('<span>the code</span>');
  });

  it('show tables as tables and colour their code', () => {
    const { html } = pages.get('guides/kept')!;
    expect(html).toContain('<td data-label="table"><div><code>answer</code></div></td>');
    expect(html.match(/<table class="listed">/g)!.length).toBeGreaterThan(4);
    expect(pages.get('guides/host')!.html).toMatch(/<span class="hljs-[a-z_]+">/);
  });

  it('are the only files that are read', async () => {
    for (const path of ['guides/../../package', '../README', 'guides/nothing', 'guides/examples', ''])
      expect(await readDoc(path, APP)).toBeUndefined();
    for (const path of ['guides/host.md', '../apps/web/src/app/icon.svg', 'benchmarks/none.svg'])
      expect(await readPicture(path, APP)).toBeUndefined();
    expect((await readPicture('benchmarks/economics-profit.svg', APP))!.toString()).toContain('<svg');
  });
});
