// What npm says on its error stream, read for people. Its lines are the same in every locale.

/** Failures that asking again cannot mend. */
const HOPELESS = new Set(
  `EACCES EBADDEVENGINES EBADENGINE EBADPLATFORM EINVALIDPACKAGENAME EJSONPARSE ENEEDAUTH ENOLOCK ENOSPC ENOTCACHED
  EPERM ERESOLVE EROFS EUSAGE E401 E403`.split(/\s+/),
);
const KEPT_LINES = 30;

/** Follows one run of npm, line by line. */
export class NpmOutput {
  fetched = 0;
  code = '';
  /** @type {string[]} */
  #last = [];
  #rest = '';
  #isHelp = false;
  #onTrouble;

  /** @param {(sentence: string) => void} onTrouble Hears of every request that npm has to repeat. */
  constructor(onTrouble) {
    this.#onTrouble = onTrouble;
  }

  /** @param {string} text */
  read(text) {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim()) this.#readLine(line.trim());
  }

  /** @param {string} line */
  #readLine(line) {
    const again = /^npm http fetch \S+ (\S+) attempt (\d+) failed with (\S+)/.exec(line);
    if (again) return this.#onTrouble(`${nameOf(again[1])} did not come (${reasonOf(again[3])}); npm asks again`);
    if (/^npm http (fetch GET 200|cache) \S+\.tgz/.test(line)) this.fetched += 1;
    // npm ends a wrong use with the whole of its help.
    this.#isHelp ||= /^npm (error|ERR!) Clean install a project$/.test(line);
    if (this.#isHelp || line.startsWith('npm http')) return;
    this.code = /^npm (?:error|ERR!) code (\S+)/.exec(line)?.[1] ?? this.code;
    this.#last = [...this.#last, line].slice(-KEPT_LINES);
  }

  get isHopeless() {
    return HOPELESS.has(this.code);
  }

  /** npm's last lines, without the word that npm puts before each and the advice on where its log lies. */
  get lastWords() {
    return [...this.#last, this.#rest]
      .map((line) => line.replace(/^npm (error|ERR!|warn|WARN) ?/, '').trim())
      .filter((line) => line && !line.startsWith('A complete log of this run'))
      .join('\n');
  }
}

/**
 * The last part of an address, which names the package and its version.
 *
 * @param {string | undefined} address
 */
const nameOf = (address = '') => decodeURIComponent(address.split('/').at(-1) ?? address);

/** npm calls a request that nobody answered in time FETCH_ERROR. */
const reasonOf = (code = '') => (code === 'FETCH_ERROR' || code === 'undefined' ? 'no answer in time' : code);
