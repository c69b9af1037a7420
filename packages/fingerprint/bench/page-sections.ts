/** The sections of a page by their titles (`## `), as they stand there; what comes before the first is left out. */
export function sectionsOf(page: string): Map<string, string> {
  const [, ...sections] = page.split(/^(?=## )/m);
  return new Map(sections.map((text) => [titleOf(text), `${text.trimEnd()}\n`]));
}

const titleOf = (section: string): string => section.slice(3, section.indexOf('\n'));
