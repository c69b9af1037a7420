import { seededRandom } from '../src/run/seeded-random.ts';

// The same on every machine, so that what the reference made of them can be kept beside them.

const WORDS =
  'the fox and a crow said to his mother in the garden under old bridges when winter came back again ' +
  "don't it's we'LL it'ſ we're I'll THE Fox CROW naïve café Straße ﬁne Ελλάς Σίσυφος ΟΔΟΣ привет мир שלום مرحبا नमस्ते 日本語 東京 한국어 " +
  'x2 3.14 2024 ١٢٣ ²³ № é Å ㍿ ｆｕｌｌ e\u0301 n\u0303 \u1112\u1161\u11ab İstanbul ı 𝔘𝔫𝔦 👩‍👩‍👧 🇩🇪 😀 ❤️ ▁ ▁▁a _x_ C++ <0x41> ## ##s';
const BETWEEN = [
  ' ',
  ' ',
  ' ',
  ' ',
  ' ',
  '  ',
  '   ',
  '\n',
  '\n\n',
  '\t',
  ' \n ',
  '',
  '',
  '-',
  ', ',
  '. ',
  '... ',
  '!',
  '?! ',
];
const ODD = [
  '\u00a0',
  '\u3000',
  '\u200b',
  '\u2009',
  '\u0085',
  '\ufeff',
  '\u200d',
  '\u00ad',
  '\u0000',
  '\u0007',
  '\u001f',
  '\u007f',
  '\ufffd',
  '\ue000',
  '\u{10ffff}',
  '\u0378',
  '\r\n',
  '\u2028',
  '“q”',
  '‘q’',
  '—',
  '…',
  '«»',
  '$',
  '+',
  '|',
  '^',
  '`',
  '¿',
  '∑',
  '€',
  '①',
  '½',
  '゛',
  'ｶﾞ',
  '\u0300',
  'Ǆ',
  'ŉ',
  'ß',
  'ẞ',
  'Ω',
  'K',
];
const ADDED = [
  '<s>',
  '</s>',
  '<mark>',
  '<MARK>',
  ' <mark> ',
  '<left>',
  '  <left>',
  '<right>  ',
  '<both>',
  ' <both> ',
  '\ufeff<left>',
  '\u0085<left>',
  '<right>\ufeff',
  '<right>\u0085a',
  '<mark><left>',
  'x<mark>',
  '<mark>\u0301',
  ' <mark>_',
];

/** 1,000 lines of words, blanks of all kinds, rare characters and added tokens. */
export function referenceLines(): string[] {
  const random = seededRandom(20_261_130);
  const pick = <Item>(list: readonly Item[]): Item => list[Math.floor(random() * list.length)]!;
  const words = WORDS.split(' ');
  const piece = () => {
    const kind = random();
    if (kind < 0.8) return pick(words);
    return kind < 0.93 ? pick(ODD) : pick(ADDED);
  };
  return Array.from({ length: 1_000 }, () => {
    const pieces = Array.from({ length: 1 + Math.floor(random() * 12) }, () => piece() + pick(BETWEEN));
    return pick(['', '', '', ' ', '  ', '\n']) + pieces.join('');
  });
}
