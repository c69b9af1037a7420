import { Leases } from '@oml/program/leases';

/**
 * Lets every run of this process die once after each of its steps: what the step did stands, and the store does not
 * know of it. Until `end`, which tells after which steps (`run step`) they died.
 */
export function dieAfterEveryStep(): { end(): ReadonlySet<string> } {
  const { apply } = Leases.prototype;
  const died = new Set<string>();
  Leases.prototype.apply = function (run, result) {
    const at = `${run.id} ${run.at.step}`;
    if (result.to === 'wait' || died.has(at)) return apply.call(this, run, result);
    died.add(at);
    return Promise.reject(new Error('killed'));
  };
  return {
    end() {
      Leases.prototype.apply = apply;
      return died;
    },
  };
}

/** The steps after which runs died, each once, in the order of their first death. */
export const stepsOf = (died: ReadonlySet<string>): string[] => [
  ...new Set([...died].map((at) => at.split(' ').at(-1)!)),
];
