/** Operators whose output does not change with small changes of their inputs, or is no number: gradients end there. */
export const STOPS: ReadonlySet<string> = new Set(
  'Shape Size ArgMax ArgMin Equal Less Greater LessOrEqual GreaterOrEqual And Or Xor Not IsNaN IsInf NonZero OneHot Range ConstantOfShape EyeLike Floor Ceil Round Sign Constant RandomNormalLike RandomUniformLike TopK'.split(
    ' ',
  ),
);
