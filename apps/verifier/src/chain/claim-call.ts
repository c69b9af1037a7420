/** A call of the court that makes, proves or ends a claim. */
export interface ClaimCall {
  functionName:
    | 'revealUnpaidUse'
    | 'revealEquivocation'
    | 'revealDisguisedUse'
    | 'proveItems'
    | 'finaliseUnpaidUse'
    | 'finaliseDisguisedUse';
  args: readonly unknown[];
}
