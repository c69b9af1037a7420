/** White space between two parts beyond this is refused: a small model would write nothing else. */
const MOST_SPACE = 16;
const MOST_DEPTH = 32;

const NUMBER_BEGUN = /^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?(?:(?<=\d)[eE][+-]?\d*)?)?$/;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const LITERALS = ['true', 'false', 'null'];

/** What may come next, outside of strings, numbers and literals. */
type Place = 'start' | 'value' | 'first value' | 'first key' | 'key' | 'colon' | 'after' | 'end';

/**
 * The beginning of a JSON object (RFC 8259), read a character at a time: whatever it took can be continued to a whole
 * one. A copy is cheap, so that a continuation can be tried.
 */
export class JsonPrefix {
  private place: Place = 'start';
  private readonly open: ('{' | '[')[];
  /** Of a string its escape so far, of a number or a literal its text. */
  private inside: { kind: 'string' | 'number' | 'literal'; text: string; isKey: boolean } | undefined;
  private space = 0;

  constructor(from?: JsonPrefix) {
    this.open = from ? [...from.open] : [];
    if (!from) return;
    this.place = from.place;
    this.inside = from.inside && { ...from.inside };
    this.space = from.space;
  }

  /** The object is closed: only white space may follow. */
  get isWhole(): boolean {
    return this.place === 'end';
  }

  get isInString(): boolean {
    return this.inside?.kind === 'string';
  }

  /** Takes a text, or says that it cannot follow; then this prefix is of no use any more. */
  push(text: string): boolean {
    for (const char of text) if (!this.take(char)) return false;
    return true;
  }

  private take(char: string): boolean {
    if (this.inside?.kind === 'string') return this.takeInString(char, this.inside);
    if (this.inside) {
      const { kind, text } = this.inside;
      const longer = text + char;
      const goesOn = kind === 'number' ? NUMBER_BEGUN.test(longer) : LITERALS.some((word) => word.startsWith(longer));
      if (goesOn) {
        this.inside.text = longer;
        if (LITERALS.includes(longer)) this.endValue();
        return true;
      }
      if (kind === 'literal' || !NUMBER.test(text)) return false;
      this.endValue();
    }
    if (' \t\n\r'.includes(char)) return ++this.space <= MOST_SPACE;
    this.space = 0;
    return this.takeBetween(char);
  }

  private takeBetween(char: string): boolean {
    switch (this.place) {
      case 'start':
        return char === '{' && this.enter('{');
      case 'first key':
      case 'key':
        if (char === '}' && this.place === 'first key') return this.leave('{');
        return char === '"' && this.begin('string', '', true);
      case 'colon':
        return char === ':' && this.goTo('value');
      case 'first value':
        if (char === ']') return this.leave('[');
        return this.beginValue(char);
      case 'value':
        return this.beginValue(char);
      case 'after':
        if (char === ',') return this.goTo(this.open.at(-1) === '{' ? 'key' : 'value');
        return (char === '}' && this.leave('{')) || (char === ']' && this.leave('['));
      case 'end':
        return false;
    }
  }

  private beginValue(char: string): boolean {
    if (char === '{' || char === '[') return this.open.length < MOST_DEPTH && this.enter(char);
    if (char === '"') return this.begin('string', '', false);
    if (NUMBER_BEGUN.test(char)) return this.begin('number', char, false);
    return LITERALS.some((word) => word.startsWith(char)) && this.begin('literal', char, false);
  }

  private takeInString(char: string, inside: { text: string; isKey: boolean }): boolean {
    const { text } = inside;
    if (text === '') {
      if (char === '"') return inside.isKey ? this.endKey() : this.endValue();
      if (char === '\\') inside.text = char;
      return char >= ' ';
    }
    const escape = text + char;
    if (/^\\u[0-9a-fA-F]{0,3}$/.test(escape)) inside.text = escape;
    else if (/^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})$/.test(escape)) inside.text = '';
    else return false;
    return true;
  }

  private begin(kind: 'string' | 'number' | 'literal', text: string, isKey: boolean): true {
    this.inside = { kind, text, isKey };
    return true;
  }

  private enter(bracket: '{' | '['): true {
    this.open.push(bracket);
    return this.goTo(bracket === '{' ? 'first key' : 'first value');
  }

  private leave(bracket: '{' | '['): boolean {
    return this.open.pop() === bracket && this.endValue();
  }

  private endKey(): true {
    this.inside = undefined;
    return this.goTo('colon');
  }

  private endValue(): true {
    this.inside = undefined;
    return this.goTo(this.open.length === 0 ? 'end' : 'after');
  }

  private goTo(place: Place): true {
    this.place = place;
    return true;
  }
}
