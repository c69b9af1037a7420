const STEPS = 4096;

/**
 * P[v·e ≥ cosine] for v uniform on the unit sphere of R^size (size ≥ 2) and any fixed unit vector e: the exact tail of
 * a secret direction.
 * With t = sin θ it is ∫ cos^(size−2) θ over [asin cosine, π/2], divided by the same over [−π/2, π/2] (Wallis'
 * product).
 */
export function sphereTail(cosine: number, size: number): number {
  if (!(cosine >= -1 && cosine <= 1)) return cosine > 1 ? 0 : 1;
  if (cosine < 0) return 1 - sphereTail(-cosine, size);
  const power = size - 2;
  const start = Math.asin(cosine);
  const width = Math.PI / 2 - start;
  let sum = 0;
  for (let i = 0; i <= STEPS; i++) {
    const weight = i === 0 || i === STEPS ? 1 : i % 2 === 1 ? 4 : 2; // Simpson's rule
    sum += weight * Math.exp(power * Math.log(Math.cos(start + (width * i) / STEPS)));
  }
  return Math.min(0.5, (sum * width) / (3 * STEPS) / wallis(power));
}

/** ∫ cos^power over a half circle. */
function wallis(power: number): number {
  let value = power % 2 === 0 ? Math.PI : 2;
  for (let m = power % 2 === 0 ? 2 : 3; m <= power; m += 2) value *= (m - 1) / m;
  return value;
}
