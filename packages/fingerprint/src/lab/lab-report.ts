import { z } from 'zod';

export const REPORT_VERSION = 1;

const share = z.number().min(0).max(1);

/** The attack lab's report, as `oml file attack --json` prints it and `readLabReport` reads it. */
export const labReport = z.object({
  version: z.literal(REPORT_VERSION),
  model: z.string(),
  kind: z.enum(['language', 'classifier']),
  /** Keys asked. */
  keys: z.number().int().min(1),
  /** Share that answers before any attack. */
  untouched: share,
  /** What bonds are planned with: the least share that an affordable attack leaves. */
  survival: share,
  /** s(cost): the least share that anything leaves which costs its author no more; only where the attacker adapted. */
  within: z.array(z.object({ cost: share, survival: share })).optional(),
  points: z.array(
    z.object({
      family: z.enum([
        'rounding',
        'pruning',
        'noise',
        'merging',
        'refit',
        'training',
        'prompt',
        'sampling',
        'suppression',
        'filter',
        'collusion',
        'adaptive',
      ]),
      attack: z.string(),
      strength: z.number(),
      label: z.string(),
      survival: share,
      cost: z.number().optional(),
      note: z.string().optional(),
    }),
  ),
  /** Engine and CPU: integer and float sums depend on them. */
  measuredOn: z
    .object({
      engine: z.string(),
      cpu: z.string(),
      features: z.union([z.array(z.string()).readonly(), z.literal('unknown')]),
    })
    .optional(),
  /** How often a clean copy is taken for marked by an owner who lies, against what each rule allows. */
  forged: z
    .array(
      z.object({
        bits: z.number().int(),
        keys: z.number().int(),
        rule: z.string(),
        batches: z.number().int(),
        rate: share,
        bound: share,
      }),
    )
    .optional(),
});
export type LabReport = z.infer<typeof labReport>;

/** The same as JSON Schema (draft 2020-12), for other languages. */
export const labReportSchema = (): object => z.toJSONSchema(labReport);
