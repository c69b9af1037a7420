import type { Page } from 'playwright-core';

/** The narrowest screen that pages are made for. */
export const PHONE = { width: 360, height: 740 } as const;

/**
 * What is wrong with a page on a phone: wider than the screen, a table that has to be scrolled sideways, a cell that
 * cannot be seen or that does not say of which column it is. Nothing is hidden from whoever has a narrow screen.
 */
export async function phoneFaults(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const faults: string[] = [];
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) faults.push(`the page is ${scrollWidth} wide, the screen ${clientWidth}`);
    for (const table of document.querySelectorAll('table')) {
      const name = table.caption?.textContent ?? 'a table';
      const around = table.parentElement!;
      if (around.scrollWidth > around.clientWidth) faults.push(`${name}: is scrolled sideways`);
      const columns = [...table.tHead!.rows[0]!.cells].map(({ textContent }) => textContent.trim());
      for (const row of table.tBodies[0]!.rows)
        for (const [i, cell] of [...row.cells].entries()) {
          const { left, right, height } = cell.getBoundingClientRect();
          if (height === 0 || left < 0 || right > clientWidth)
            faults.push(`${name}: column ${i + 1} is not on the screen`);
          // Headings that are explained hold their explanation as well.
          const label = cell.dataset['label'] ?? '';
          if (cell.tagName === 'TD' && !(label !== '' && columns[i]!.startsWith(label)) && columns[i] !== label)
            faults.push(`${name}: a cell of “${columns[i]}” says “${label}”`);
        }
    }
    return [...new Set(faults)];
  });
}
