import { Parser } from 'htmlparser2';

// What bundlers take of micromark for browsers decodes `&eacute;` with an element, also in a worker, which has no
// document: imported before the converters, this gives it one that does just that.

const place = globalThis as { document?: unknown };

/** The text of a piece of HTML, with its names of letters decoded. */
function decoded(html: string): string {
  let text = '';
  const parser = new Parser({ ontext: (part) => void (text += part) }, { decodeEntities: true });
  parser.end(html);
  return text;
}

place.document ??= {
  createElement: () => {
    let html = '';
    return {
      set innerHTML(given: string) {
        html = given;
      },
      get textContent() {
        return decoded(html);
      },
    };
  },
};
