/** A call of the court that makes, proves or ends a claim. */
export interface ClaimCall {
  functionName:
    'revealUnpaidUse' | 'revealDisguisedUse' | 'proveItems' | 'admit' | 'finaliseUnpaidUse' | 'finaliseDisguisedUse';
  args: readonly unknown[];
}
