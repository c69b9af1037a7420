import type { SurvivalPoint } from '../specimen.ts';

interface Try {
  label: string;
  cost: number;
  survival: number;
}

/** The least that each kind of attack leaves within each cost, while tries come in. */
export class LeastFound {
  private readonly costs: readonly number[];
  private readonly kinds = new Map<string, (Try | undefined)[]>();

  /** Costs ascend. */
  constructor(costs: readonly number[]) {
    this.costs = costs;
  }

  /** Takes a try in; its cost is asked for, and told, only where it may leave less than what is known. */
  add(kind: string, label: string, survival: number, costOf: () => number): number | undefined {
    const least = this.kinds.get(kind) ?? this.costs.map(() => undefined);
    this.kinds.set(kind, least);
    if (least.every((known) => known && known.survival <= survival)) return undefined;
    const cost = costOf();
    this.costs.forEach((most, i) => {
      const known = least[i];
      if (cost <= most && (!known || survival < known.survival)) least[i] = { label, cost, survival };
    });
    return cost;
  }

  /** The highest cost within which a kind still leaves something; 0 where nothing is left to gain. */
  worth(kind: string): number {
    const least = this.kinds.get(kind);
    return this.costs.filter((_, i) => (least?.[i]?.survival ?? 1) > 0).at(-1) ?? 0;
  }

  points(name: string): SurvivalPoint[] {
    return [...this.kinds].flatMap(([kind, least]) =>
      least.flatMap((found, i): SurvivalPoint[] =>
        found
          ? [
              {
                family: 'adaptive',
                attack: `${name}: ${kind}`,
                strength: this.costs[i]!,
                label: `within ${100 * this.costs[i]!} %: ${found.label}`,
                survival: found.survival,
                // A copy may fit the host's text better than its edition does.
                cost: Math.max(0, found.cost),
              },
            ]
          : [],
      ),
    );
  }
}
