// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Every amount, share and duration of one deployment. Durations are in seconds, shares in basis points,
/// amounts in the token's smallest unit.
struct Values {
    // amounts
    uint256 minAccountBond; // below it a host's receipts must be refused by clients
    uint256 minStake; // of a verifier
    uint256 claimBond; // posted at reveal, above the cost of an answer
    uint256 claimCost; // what a claimant is made whole with out of a late fee
    uint256 batchDeposit; // forfeited by a batch that is never opened
    uint256 batchRefund; // repaid by the inspection pool for an opened, drawn batch
    // durations
    uint64 anchorWindow; // a receipt counts if anchored this soon after `answeredAt`
    uint64 revocationDelay; // a revoked signer still binds its account this long
    uint64 exitDelay; // bonds stay slashable this long after the request to withdraw
    uint64 claimMinAge; // no claim on a receipt younger than this: the host's time to book
    uint64 claimMaxAge; // nor on an older one
    uint64 answerWindow; // to book or clear after a claim is admitted
    uint64 slashCooldown; // at most one slash per account in this time
    uint64 batchOpenWindow; // a batch must be opened this soon after its commitment
    uint64 unstakeDelay;
    // blocks
    uint64 beaconDelay; // beacon block = commitment block + this
    uint64 revealMinBlocks;
    uint64 revealMaxBlocks;
    // shares
    uint16 protocolFeeBps; // of money distributed by a vault
    uint16 poolBps; // of money distributed by a vault, to the inspection pool
    uint16 lateFeeBps; // of the slash, paid by a host that booked only when contested
    uint16 claimantShareBps; // of a slash
    uint16 ownerShareBps; // of a slash
    uint16 maxSlashBps; // terms may not ask for more
    uint8 evidenceThreshold; // score an offence-2 claim needs, before log2 of the verifier's batches
}

/// @notice The parameters of one deployment, fixed at construction inside bounds that depend on the chain id.
interface IParameters {
    /// @notice A value lies outside its bounds for this chain.
    error Parameters_OutOfBounds(bytes32 name, uint256 value, uint256 min, uint256 max);

    function values() external view returns (Values memory);
    /// @notice Receives the protocol fee.
    function treasury() external view returns (address);
    /// @notice The one payment token of this deployment (6 decimals, EIP-3009).
    function token() external view returns (address);
}
