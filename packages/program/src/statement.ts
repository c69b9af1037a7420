import type { Compilable, CompiledQuery, Kysely } from 'kysely';

/** Stands in a query for a value that is given later. */
class Place {
  readonly name: PropertyKey;

  constructor(name: PropertyKey) {
    this.name = name;
  }
}

/**
 * A query whose words never change: it is built and compiled once for every store, and then only given its values. What
 * `build` reads of `given` are places for values, so it must hand them on as they are. To be run by `executeQuery`, or
 * together with others.
 */
export function statement<Tables, Given extends object>(
  build: (db: Kysely<Tables>, given: Given) => Compilable<unknown>,
): (db: Kysely<Tables>, given: Given) => CompiledQuery<unknown> {
  const compiled = new WeakMap<Kysely<Tables>, CompiledQuery<unknown>>();
  const places = new Proxy({}, { get: (_, name) => new Place(name) }) as Given;
  return (db, given) => {
    const known = compiled.get(db) ?? build(db, places).compile();
    compiled.set(db, known);
    const values = given as Readonly<Record<PropertyKey, unknown>>;
    return { ...known, parameters: known.parameters.map((one) => (one instanceof Place ? values[one.name] : one)) };
  };
}
