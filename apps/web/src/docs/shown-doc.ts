/** A heading within a page, and the part of the address that leads to it. */
export interface DocHeading {
  id: string;
  text: string;
  depth: 2 | 3;
}

/** A page of the repository's docs/. */
export interface DocEntry {
  /** Within docs/, without ending: `guides/host`. */
  path: string;
  title: string;
  headings: DocHeading[];
}

export interface DocPage extends DocEntry {
  /** Markdown without its first heading. */
  text: string;
}
